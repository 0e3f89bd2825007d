#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""aws_template.py TOOL: what examples/aws says of the programs and of itself agrees. The template is not
deployed and the image is not built here."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TOOL = os.path.abspath(sys.argv[1])
EXAMPLES = pathlib.Path(os.environ["MTLSAUTH_SOURCE"]) / "examples"
TEMPLATE = (EXAMPLES / "aws" / "template.yaml").read_text()
README = (EXAMPLES / "aws" / "README.md").read_text()
DOCKERFILE = (EXAMPLES / "aws" / "Dockerfile").read_text()
PROGRAMS = ("lambda_authorizer", "lambda_preprocessor")
passed = failed = 0


def check(name, well, told=""):
    global passed, failed
    passed, failed = passed + bool(well), failed + (not well)
    if not well:
        print(f"FAIL {name}: {told}")


def section(name):
    """Names at the first level below it."""
    text = re.search(rf"^{name}:\n(.*?)(?=^\S|\Z)", TEMPLATE, re.M | re.S).group(1)
    return set(re.findall(r"^  (\w+):", text, re.M))


def variables(program):
    """The environment that a program's head documents."""
    head = (EXAMPLES / f"{program}.c").read_text().partition("#include")[0]
    return set(re.findall(r"^ \*   (MTLSAUTH_\w+)", head, re.M))


def test_names():
    parameters, resources = section("Parameters"), section("Resources")
    known = parameters | resources
    used = set(re.findall(r"!(?:Ref|GetAtt) (\w+)", TEMPLATE)) | set(
        re.findall(r"\$\{(\w+)[.}]", TEMPLATE))
    check("references", used <= known, used - known)
    check("parameters are used", parameters <= used, parameters - used)
    overrides = set(re.findall(r"(\w+)=", re.search(r"--parameter-overrides(.*?)```", README,
                                                    re.S).group(1)))
    needed = {name for name in parameters if "Default:" not in re.search(
        rf"^  {name}:\n((?:    .*\n)+)", TEMPLATE, re.M).group(1)}
    check("the README gives what has no default", needed <= overrides <= parameters,
          (needed, overrides))
    check("the README's output", "DomainTarget" in section("Outputs"))


def test_environment():
    known = {program: variables(program) for program in PROGRAMS}
    check("the heads name variables", all(len(names) >= 5 for names in known.values()), known)
    for resource, program in (("Authorizer", PROGRAMS[0]), ("Preprocessor", PROGRAMS[1])):
        text = re.search(rf"^  {resource}:\n(.*?)(?=^  \w)", TEMPLATE, re.M | re.S).group(1)
        names = set(re.findall(r"^ +(MTLSAUTH_\w+):", text, re.M))
        check(f"{resource}'s environment", names and names <= known[program], names)
    said = set(re.findall(r"\b(MTLSAUTH_[A-Z_]+)\b", README))
    said = {name for name in said if not name.startswith(("MTLSAUTH_DENY_", "MTLSAUTH_ERR_"))}
    check("the README's variables", said <= set.union(*known.values()), said)
    for program in PROGRAMS:
        read = set(re.findall(r'"(MTLSAUTH_\w+)"', (EXAMPLES / f"{program}.c").read_text()))
        check(f"{program} documents what it reads", read == known[program], read ^ known[program])


def test_promises():
    """What the README says that the template does."""
    for words in ("DisableExecuteApiEndpoint: true", "ReauthorizeEvery: 0", "SecurityPolicy: TLS_1_2",
                  "ReservedConcurrentExecutions: !Ref Concurrency", "AuthorizerPayloadFormatVersion",
                  "VersioningConfiguration: {Status: Enabled}", "EnableSimpleResponses: true",
                  "BlockPublicAcls: true", "BlockPublicPolicy: true", "IgnorePublicAcls: true",
                  "RestrictPublicBuckets: true", '"aws:SecureTransport": "false"',
                  "{Name: suffix, Value: .crl}"):
        check(f"template: {words}", words in TEMPLATE)
    check("the alarm tells a topic", "AlarmActions: !If [TellsSomebody, [!Ref AlarmTopic]" in TEMPLATE and
          "AlarmTopic" in README)
    check("simple answers on both sides", 'MTLSAUTH_SIMPLE_RESPONSE: "true"' in TEMPLATE)
    check("not deployed", "the template was not deployed" in README)


def test_image():
    """The commands of the Dockerfile find the one that builds a program, and all of its files."""
    sed = re.search(r"^RUN (sed .*?) >/tmp/build", DOCKERFILE, re.M)
    for program in PROGRAMS:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", sed.group(1)], text=True,
                              capture_output=True, cwd=EXAMPLES, env={**os.environ, "PROGRAM": program},
                              check=False)
        command = done.stdout.replace("\\\n", " ")
        check(f"{program}: a command", command.strip().startswith("cc ") and "bootstrap" in command,
              done)
        done = subprocess.run(["bash", "-euc", f"ls {command.partition('bootstrap')[2].split('$(')[0]}"],
                              cwd=EXAMPLES, text=True, capture_output=True, check=False)
        check(f"{program}: its files", done.returncode == 0 and f"{program}.c" in done.stdout, done)


STUB = """#!/bin/sh
echo "${0##*/} $*" >>"$CALLS"
case "$*" in
*get-caller-identity*) echo 123456789012 ;;
*describe-stacks*) echo lists ;;
*put-object*) echo version ;;
*password-stdin*) cat >/dev/null ;;
esac
"""


def follow(region, words):
    """All commands of the README in one shell, words after them: what they said, what aws, docker, sam and
    curl, which do nothing, were asked for, and what is in the repository then."""
    scripts = re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S)
    tell = " ".join(re.search(r"`(mtlsauth check .*?)`", README, re.S).group(1).split())
    tell = tell.replace("mtlsauth", shlex.quote(TOOL), 1)
    at = next(i for i, text in enumerate(scripts) if "-revoke" in text)
    scripts.insert(at, tell + "\n")
    scripts.append(tell + " && exit 9 || [ $? = 1 ]\n")
    with tempfile.TemporaryDirectory() as folder:
        home, repository, programs = (pathlib.Path(folder, name) for name in ("home", "repo", "bin"))
        for path in (home, repository, programs):
            path.mkdir()
        for name in ("aws", "docker", "sam", "curl"):
            (programs / name).write_text(STUB)
            (programs / name).chmod(0o755)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c",
             "".join([*scripts, *words(scripts)]).replace("eu-central-1", region)],
            cwd=repository, text=True, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": str(home), "CALLS": str(home / "calls"),
                 "PATH": f"{programs}:{os.environ['PATH']}"})
        return done, (home / "calls").read_text().splitlines(), list(repository.iterdir())


def test_readme():
    """A CA, a client, a list, the client revoked; and what is asked of AWS on the way."""
    for region in ("eu-central-1", "us-east-1"):
        done, calls, made = follow(region, lambda scripts: [
            text for text in scripts if "openssl rand -hex 32" in text or "sam deploy" in text])
        check(f"{region}: the README's commands", done.returncode == 0 and re.search(
            r"allowed.*MTLSAUTH_DENY_REVOKED", done.stdout, re.S), done)
        check("no key is made in the repository", made == [], made)
        create = next(call for call in calls if "create-bucket" in call)
        check(f"{region}: LocationConstraint", create.endswith(f" LocationConstraint={region}") if
              region != "us-east-1" else "onstraint" not in create and "onfiguration" not in create, create)
        docker = [call for call in calls if call.startswith("docker ")]
        check("docker: login, then build and push of each", [call.split()[1] for call in docker] ==
              ["login", "buildx", "push", "buildx", "push"], docker)
        check("one manifest", all("--platform linux/amd64 --provenance=false" in call
                                  for call in docker if "buildx" in call), docker)
        keys = [re.search(r"IndexKey=(\S+)", call).group(1) for call in calls if "deploy" in call]
        check("two deployments have one key", len(keys) == 2 and len(set(keys)) == 1 and
              re.fullmatch("[0-9a-f]{64}", keys[0]), keys)
        check("the bucket for lists is that of the stack", sum(
            call.startswith("aws s3 cp") and "s3://lists/" in call for call in calls) == 3, calls)
    ignored = (EXAMPLES / "aws" / "Dockerfile.dockerignore").read_text().splitlines()
    check("no key goes to the builder", {"ca", "**/*.key"} <= set(ignored), ignored)


for test in (test_names, test_environment, test_promises, test_image, test_readme):
    test()
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(1 if failed else 0)
