//! Progress output of an apply: on a terminal, completed steps above a progress bar with the running ones; otherwise one line per event.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::aws::Event;
use crate::core::plan::StepId;

/// How it looks.
const STYLE: &str = "{bar:24} {pos}/{len} steps {elapsed:>4} {wide_msg}";

/// How it looks while what was written is undone: the number of steps is not known beforehand.
const BACK: &str = "{pos} steps put back {elapsed:>4} {wide_msg}";

/// How often the elapsed time is redrawn while nothing happens.
const TICK: Duration = Duration::from_millis(500);

/// Progress output of an apply.
pub(super) struct Progress<'a> {
    told: Mutex<Told<'a>>,
    bar: Option<ProgressBar>,
}

struct Told<'a> {
    stderr: &'a mut (dyn Write + Send),
    /// Where events are written as JSON, instead of lines.
    objects: Option<&'a mut (dyn Write + Send)>,
    /// Steps that have begun and not ended.
    under_way: Vec<StepId>,
}

impl<'a> Progress<'a> {
    /// Lines only.
    pub(super) fn lines(stderr: &'a mut (dyn Write + Send)) -> Self {
        Self { told: Told::new(stderr), bar: None }
    }

    /// An object for each event, and lines for the rest.
    pub(super) fn objects(stderr: &'a mut (dyn Write + Send), stdout: &'a mut (dyn Write + Send)) -> Self {
        let told = Told { stderr, objects: Some(stdout), under_way: Vec::new() };
        Self { told: Mutex::new(told), bar: None }
    }

    /// Lines, and a bar for so many steps below them. `stderr` has to write to the target.
    pub(super) fn bar(stderr: &'a mut (dyn Write + Send), steps: usize, target: ProgressDrawTarget) -> Self {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        set_style(&bar, STYLE);
        bar.enable_steady_tick(TICK);
        Self { told: Told::new(stderr), bar: Some(bar) }
    }

    /// Tells an event.
    pub(super) fn event(&self, event: &Event) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bar) = &self.bar else { return told.event(event) };
        match event {
            Event::Started(step) => told.under_way.push(step.clone()),
            Event::Done(step) | Event::Failed { step, .. } => told.under_way.retain(|other| other != step),
            _ => {}
        }
        // What is under way is in the bar.
        if !matches!(event, Event::Started(_)) {
            bar.suspend(|| told.text(event));
        }
        match event {
            Event::Done(_) => bar.inc(1),
            Event::PuttingBack { .. } => {
                bar.reset();
                set_style(bar, BACK);
            }
            _ => {}
        }
        bar.set_message(told.message());
    }

    /// Tells something else.
    pub(super) fn say(&self, text: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.bar {
            Some(bar) => bar.suspend(|| told.line(&text)),
            None => told.line(&text),
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    // A template that is wrong is so each time, and the tests would see it.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}

impl<'a> Told<'a> {
    fn new(stderr: &'a mut (dyn Write + Send)) -> Mutex<Self> {
        Mutex::new(Self { stderr, objects: None, under_way: Vec::new() })
    }

    fn event(&mut self, event: &Event) {
        match &mut self.objects {
            // Don't stop midway because the output was closed.
            Some(objects) => drop(writeln!(objects, "{}", event.to_json())),
            None => self.text(event),
        }
    }

    fn text(&mut self, event: &Event) {
        match event {
            // Why is in the report.
            Event::Failed { step, .. } => self.line(&format_args!("failed: {step}")),
            event => self.line(event),
        }
    }

    fn line(&mut self, what: &dyn std::fmt::Display) {
        // Don't stop midway because the terminal was closed.
        let _ = writeln!(self.stderr, "{what}");
    }

    fn message(&self) -> String {
        match self.under_way.as_slice() {
            [] => String::new(),
            [step] => step.to_string(),
            [step, others @ ..] => format!("{step}, and {} more", others.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use indicatif::TermLike;

    use super::*;
    use crate::core::plan::{Aspect, Verb};
    use crate::core::topology::Subject;

    /// A terminal that keeps what is written, with its movements as words.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn put(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn text(&self) -> String {
            self.0.lock().unwrap().clone()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, n: usize) -> io::Result<()> {
            if n == 0 { Ok(()) } else { self.put("<up>") }
        }

        fn move_cursor_down(&self, n: usize) -> io::Result<()> {
            if n == 0 { Ok(()) } else { self.put("<down>") }
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.put(&format!("{text}\n"))
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.put(text)
        }

        fn clear_line(&self) -> io::Result<()> {
            self.put("<clear>")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.put(&String::from_utf8_lossy(bytes))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn step(name: &str) -> StepId {
        let role = format!("arn:aws:iam::111111111111:role/{name}").parse().unwrap();
        StepId { subject: Subject::Role(role), aspect: Aspect::Whole, verb: Verb::Create }
    }

    fn events(progress: &Progress<'_>) {
        for event in [
            Event::Started(step("a")),
            Event::Started(step("b")),
            Event::Done(step("a")),
            Event::Failed { step: step("b"), message: "no".to_owned() },
        ] {
            progress.event(&event);
        }
        progress.say("stopping");
        progress.event(&Event::PuttingBack { step: step("b") });
    }

    #[test]
    fn without_a_terminal_each_event_is_a_line() {
        let mut lines = Vec::new();
        events(&Progress::lines(&mut lines));
        let lines = String::from_utf8(lines).unwrap();
        assert_eq!(
            lines,
            "started: + role a (111111111111)\nstarted: + role b (111111111111)\ndone: + role a (111111111111)\nfailed: + role b (111111111111)\nstopping\nundoing what was written, because this failed: + role b (111111111111)\n"
        );
    }

    #[test]
    fn on_a_terminal_a_bar_counts_the_steps_below_the_lines_and_goes_in_the_end() {
        let screen = Screen::default();
        let mut stderr = screen.clone();
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255);
        let progress = Progress::bar(&mut stderr, 2, target);
        events(&progress);
        drop(progress);
        let text = screen.text();
        assert!(text.find("steps put back") > text.find("1/2 steps"), "{text}");
        assert!(!text.contains("started: "), "{text}");
        // The bar makes room for each line.
        for line in ["done: + role a (111111111111)\n", "failed: + role b (111111111111)\n", "stopping\n"] {
            assert!(text.contains(&format!("<clear>{line}")), "{text}");
        }
        assert!(text.contains("1/2 steps"), "{text}");
        assert!(text.contains("+ role b (111111111111)"), "{text}");
        assert!(text.ends_with("<clear>"), "{text}");
    }
}
