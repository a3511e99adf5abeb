set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "error: $*" >&2
  exit 1
}

# Stops where the environment lacks a secret.
secret() {
  [ -n "${!1:-}" ] || fail "set $1"
}

# The AWS CLI for an account.
in_account() {
  local profile="PROFILE_$1"
  shift
  if [ -n "${!profile:-}" ]; then aws --profile "${!profile}" "$@"; else aws "$@"; fi
}

# Stops where the credentials are those of another account.
account() {
  local is
  is=$(in_account "$1" sts get-caller-identity --query Account --output text) || fail "no credentials for account $1"
  [ "$is" = "$1" ] || fail "the credentials for account $1 are those of $is: set PROFILE_$1"
}

# Whether a call finds what it asks for; stops where it can't tell.
found() {
  local answer
  if answer=$("$@" 2>&1); then return 0; fi
  case $answer in
    *NoSuchEntity* | *PipelineNotFoundException*) return 1 ;;
    *) fail "$answer" ;;
  esac
}

# Makes a call again while IAM spreads the word about what was just made.
patiently() {
  local answer
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    if answer=$("$@" 2>&1); then return 0; fi
    case $answer in
      *MalformedPolicyDocument* | *InvalidStructureException* | *ConcurrentModification*) sleep "${PAUSE:-5}" ;;
      *) break ;;
    esac
  done
  fail "$answer"
}

# Stops before it writes to what others made.
ours() {
  [ "$2" = "$TOPOLOGY" ] || [ "${FORCE:-}" = 1 ] || fail "$1 exists and is not of topology $TOPOLOGY; FORCE=1 takes it over"
}

# account name path folder
role() {
  local account=$1 name=$2 path=$3 folder=$4 owner
  if found in_account "$account" iam get-role --role-name "$name"; then
    owner=$(in_account "$account" iam list-role-tags --role-name "$name" --query "Tags[?Key=='$TAG'].Value" --output text)
    ours "role $name of account $account" "$owner"
    patiently in_account "$account" iam update-assume-role-policy --role-name "$name" \
      --policy-document "file://$folder/trust.json"
    patiently in_account "$account" iam tag-role --role-name "$name" --tags "file://$folder/tags.json"
  else
    patiently in_account "$account" iam create-role --role-name "$name" --path "$path" \
      --assume-role-policy-document "file://$folder/trust.json" --tags "file://$folder/tags.json"
  fi
  echo "role $name of account $account"
}

# account role name file
policy() {
  patiently in_account "$1" iam put-role-policy --role-name "$2" --policy-name "$3" --policy-document "file://$4"
}

# A text as a string of JSON, without its quotes.
escaped() {
  local text=${1//\\/\\\\}
  printf '%s' "${text//\"/\\\"}"
}

# A file with each secret instead of its name, as JSON; json:NAME is in a text that is JSON itself.
filled() {
  local file=$1 text name key value
  shift
  text=$(cat "$file")
  for name in "$@"; do
    key=${name#json:}
    value=$(escaped "${!key}")
    [ "$key" = "$name" ] || value=$(escaped "$value")
    text="${text%%"<$key>"*}$value${text#*"<$key>"}"
  done
  printf '%s\n' "$text" > "$scratch/input.json"
  echo "$scratch/input.json"
}

# account region name arn folder secret…
pipeline() {
  local account=$1 region=$2 name=$3 arn=$4 folder=$5 owner input
  shift 5
  if found in_account "$account" codepipeline get-pipeline --region "$region" --name "$name"; then
    owner=$(in_account "$account" codepipeline list-tags-for-resource --region "$region" --resource-arn "$arn" \
      --query "tags[?key=='$TAG'].value" --output text)
    ours "pipeline $name of account $account" "$owner"
    input=$(filled "$folder/update-pipeline.json" "$@")
    patiently in_account "$account" codepipeline update-pipeline --region "$region" --cli-input-json "file://$input"
    patiently in_account "$account" codepipeline tag-resource --region "$region" --resource-arn "$arn" \
      --tags "file://$folder/tags.json"
  else
    input=$(filled "$folder/create-pipeline.json" "$@")
    patiently in_account "$account" codepipeline create-pipeline --region "$region" --cli-input-json "file://$input"
  fi
  echo "pipeline $name of account $account in $region"
}
