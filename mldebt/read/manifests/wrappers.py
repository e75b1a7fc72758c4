"""Programs that only start another one: `poetry run`, `nohup`, `docker exec`, `bash -c`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Words = tuple[str, ...]


class Wrapper(Struct, frozen=True):
    """`verb`: the word behind the program that makes it one. `valued`: its options that take a value.
    `operands`: how many positional words (an image, a container, a duration) come before the wrapped command.
    """

    verb: str = ""
    valued: str = ""
    operands: int = 0


DOCKER = (
    "-e --env -v --volume -w --workdir -u --user -p --publish --name --network --net --gpus --env-file --mount "
    "--entrypoint -m --memory --cpus --shm-size -h --hostname --link --restart --platform -l --label --ipc --runtime"
)
DVC = (
    "-n --name -d --deps -o --outs -O --outs-no-cache -m --metrics -M --metrics-no-cache -p --params --plots -w --wdir"
)
COMPOSE = "-f --file -p --project-name --profile --env-file"
WRAPPERS: Mapping[str, tuple[Wrapper, ...]] = {
    "poetry": (Wrapper("run", "-C --directory -P --project"),),
    "uv": (Wrapper("run", "--with --extra --group --python -p --project --directory --env-file --package"),),
    "pipenv": (Wrapper("run"),),
    "pdm": (Wrapper("run", "-p --project"),),
    "hatch": (Wrapper("run", "-e --env"),),
    "rye": (Wrapper("run"),),
    "pixi": (Wrapper("run", "-e --environment --manifest-path"),),
    "conda": (Wrapper("run", "-n --name -p --prefix --cwd"),),
    "mamba": (Wrapper("run", "-n --name -p --prefix --cwd"),),
    "micromamba": (Wrapper("run", "-n --name -p --prefix --cwd"),),
    "dotenv": (Wrapper("run", "-f --file"),),
    "infisical": (Wrapper("run", "--env --path"),),
    "doppler": (Wrapper("run", "-p -c --project --config"),),
    "ray": (Wrapper("job submit", "--address --working-dir --runtime-env --runtime-env-json --submission-id"),),
    "dvc": (Wrapper("run", DVC),),
    "docker": (Wrapper("run", DOCKER, 1), Wrapper("exec", DOCKER, 1), Wrapper("compose exec", f"{DOCKER} {COMPOSE}", 1),
               Wrapper("compose run", f"{DOCKER} {COMPOSE}", 1)),
    "podman": (Wrapper("run", DOCKER, 1), Wrapper("exec", DOCKER, 1)),
    "docker-compose": (Wrapper("exec", f"{DOCKER} {COMPOSE}", 1), Wrapper("run", f"{DOCKER} {COMPOSE}", 1)),
    "kubectl": (Wrapper("exec", "-n --namespace -c --container", 1),),
    "sudo": (Wrapper("", "-u -g -H"),),
    "nohup": (Wrapper(),),
    "exec": (Wrapper("", "-a"),),
    "time": (Wrapper(),),
    "nice": (Wrapper("", "-n"),),
    "env": (Wrapper("", "-u --unset -C --chdir"),),
    "command": (Wrapper(),),
    "stdbuf": (Wrapper(),),
    "timeout": (Wrapper("", "-k -s --signal", 1),),
    "flock": (Wrapper("", "-w --timeout -E", 1),),
    "tini": (Wrapper(),),
    "dumb-init": (Wrapper(),),
    "xvfb-run": (Wrapper("", "-s --server-args -n"),),
    "ddtrace-run": (Wrapper(),),
    "opentelemetry-instrument": (Wrapper("", "--service_name --traces_exporter --metrics_exporter"),),
    "srun": (Wrapper("", "-n -N -c -p -t -J -o -e -A"),),
    "mpirun": (Wrapper("", "-n -np -H -x -mca --hostfile"),),
    "mpiexec": (Wrapper("", "-n -np"),),
    "horovodrun": (Wrapper("", "-np -H --hosts -p"),),
    "jsrun": (Wrapper("", "-n -a -c -g -r"),),
    "bsub": (Wrapper("", "-R -o -oo -e -eo -W -n -q -J -M -G -P -g -w -m -u"),),
    "singularity": (Wrapper("exec", "-B --bind -H --home --env --pwd --overlay -W --workdir", 1),),
    "apptainer": (Wrapper("exec", "-B --bind -H --home --env --pwd --overlay -W --workdir", 1),),
    "caffeinate": (Wrapper("", "-t -w"),),
    "screen": (Wrapper("", "-S -dmS -L -Logfile -t"),),
    "setsid": (Wrapper(),),
    "numactl": (Wrapper("", "-N -m -C"),),
    "taskset": (Wrapper("", "", 1),),
    "unbuffer": (Wrapper(),),
    "wait-for-it": (Wrapper("", "-t", 1),),
}  # fmt: skip


def unwrapped(words: Words) -> Words:
    """The innermost command."""
    while words:
        inner = next(
            (found for wrapper in WRAPPERS.get(_name(words[0]), ()) if (found := _inside(wrapper, words))), None
        )
        if inner is None:
            return words
        words = inner
    return words


def _inside(wrapper: Wrapper, words: Words) -> Words | None:
    """The command that a wrapper starts; None where this is not its verb, or nothing follows."""
    rest = words[1:]
    for verb in wrapper.verb.split():
        rest = _without_options(rest, wrapper)
        if rest[:1] != (verb,):
            return None
        rest = rest[1:]
    for _ in range(wrapper.operands):
        rest = _without_options(rest, wrapper)[1:]
    return _without_options(rest, wrapper, assignments=True) or None


def _without_options(words: Words, wrapper: Wrapper, *, assignments: bool = False) -> Words:
    valued = wrapper.valued.split()
    while words:
        if words[0] == "--":
            return words[1:]
        if words[0].startswith("-") and len(words[0]) > 1:
            words = words[2 if words[0] in valued else 1 :]
        elif assignments and "=" in words[0] and words[0].partition("=")[0].isidentifier():
            words = words[1:]
        else:
            break
    return words


def _name(word: str) -> str:
    return word.rpartition("/")[2]
