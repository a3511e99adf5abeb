//! The steps in the JSON schema of plans, from the type that core saves. The rest of the schema is written by hand.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::{Map, Value, json};
use syn::{Attribute, Data, DeriveInput, Expr, Field, GenericArgument, Lit, Meta, PathArguments, Type};

/// Where the type is.
pub(super) const SOURCE: &str = "codepipeline-xacct-core/src/plan/steps/write.rs";

/// The schema with the steps of the source.
pub(super) fn schema(schema: &str, source: &str) -> Result<String, String> {
    let mut schema: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    let definitions =
        schema.get_mut("$defs").and_then(Value::as_object_mut).ok_or("the schema of plans has no `$defs`")?;
    definitions.insert("write".to_owned(), write(source).map_err(|error| format!("{SOURCE}: {error}"))?);
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema).map_err(|error| error.to_string())?))
}

fn write(source: &str) -> Result<Value, String> {
    let tokens: TokenStream = source.parse().map_err(|error| format!("{error}"))?;
    let DeriveInput { attrs, data, .. } =
        syn::parse2(declaration(tokens, "Write")?).map_err(|error| error.to_string())?;
    let Data::Enum(data) = data else { return Err("`Write` is not an enum".to_owned()) };
    let variants = data.variants.iter().map(|variant| {
        let mut properties = Map::from_iter([("operation".to_owned(), json!({ "const": variant.ident.to_string() }))]);
        for field in &variant.fields {
            if !is_skipped(field)? {
                let name = field.ident.as_ref().ok_or("a member has no name")?;
                properties.insert(name.to_string(), described(value(&field.ty)?, &field.attrs));
            }
        }
        let required: Vec<&String> = properties.keys().collect();
        Ok(json!({
            "type": "object",
            "description": doc(&variant.attrs),
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }))
    });
    let variants: Vec<Value> = variants.collect::<Result<_, String>>()?;
    Ok(json!({
        "$comment": format!("Made from {SOURCE} by `cargo xtask write`."),
        "description": doc(&attrs),
        "oneOf": variants,
    }))
}

/// The attributes and the body of an enum in a file.
fn declaration(tokens: TokenStream, name: &str) -> Result<TokenStream, String> {
    let mut item = TokenStream::new();
    for token in tokens {
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        };
        item.extend([token]);
        if ends {
            let mut words = item.clone().into_iter().filter_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                _ => None,
            });
            if words.by_ref().any(|word| word == "enum") && words.next().as_deref() == Some(name) {
                return Ok(item);
            }
            item = TokenStream::new();
        }
    }
    Err(format!("no enum `{name}`"))
}

/// The schema of a type.
fn value(ty: &Type) -> Result<Value, String> {
    let Type::Path(path) = ty else { return Err("a type that is not a path".to_owned()) };
    let last = path.path.segments.last().ok_or("an empty path")?;
    let inner = || match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(ty)) => value(ty),
            _ => Err(format!("`{}` of what?", last.ident)),
        },
        _ => Err(format!("`{}` of what?", last.ident)),
    };
    let definition = match last.ident.to_string().as_str() {
        "String" => return Ok(json!({ "type": "string" })),
        "Box" => return inner(),
        "Vec" => return Ok(json!({ "type": "array", "items": inner()? })),
        "Option" => return Ok(json!({ "anyOf": [inner()?, { "type": "null" }] })),
        "RoleArn" => "role_arn",
        "PipelineArn" => "pipeline_arn",
        "Document" => "policy",
        "IndexMap" => "tags",
        "RolePrecondition" => "seen_role",
        "PipelinePrecondition" => "seen_pipeline",
        "PipelineDeclaration" => "declaration",
        "Change" => "change",
        other => return Err(format!("no definition in the schema is known for `{other}`")),
    };
    Ok(json!({ "$ref": format!("#/$defs/{definition}") }))
}

fn described(mut schema: Value, attributes: &[Attribute]) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), Value::String(doc(attributes)));
    }
    schema
}

/// The doc comment in one line, with JSON's word for nothing.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(of) if of.path.is_ident("doc") => match &of.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").replace("`None`", "`null`")
}

/// Whether a member is not saved. Nothing else that serde can be told is known here.
fn is_skipped(field: &Field) -> Result<bool, String> {
    let mut skipped = false;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let read = attribute.parse_nested_meta(|meta| match meta.path.is_ident("skip") {
            true => {
                skipped = true;
                Ok(())
            }
            false => Err(meta.error("only `skip` is known")),
        });
        read.map_err(|error| error.to_string())?;
    }
    Ok(skipped)
}
