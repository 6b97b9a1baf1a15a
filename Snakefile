# The pipeline: one rule a stage; papermill runs the notebooks. `make figures` is its front door.
#
#   snakemake --cores all                                 everything, on the embedded corpora
#   snakemake --cores all --config music=FOLDER           the same on your own music
#   snakemake --cores all --config home=FOLDER            the same on SINS
#   snakemake --cores all --config recipe=ours            with our recipe instead of the small one
#   snakemake --cores all --config recipe=thesis          with the thesis's to the letter: for a GPU
#   snakemake --cores all --config profile=smoke          seconds: does everything run?
#   snakemake --cores all --config processes=8            train on eight GPUs
#   snakemake --cores all shards --config shard=2/8       spectrograms on one of eight machines

import json
from pathlib import Path
from shlex import quote

from thesis_lib.corpora import recognise, run_folder

SMOKE = config.get("profile", "full") == "smoke"
KIND = "smoke" if SMOKE else config.get("recipe", "small")  # the recipe: the thesis's in small, to the letter, or ours
RUNS = config.get("runs", "runs")
WORK = RUNS if KIND == "small" else f"{RUNS}/{KIND}"  # what is computed of the corpora lies here
OWN = {kind: config[kind] for kind in ("home", "music") if config.get(kind)}
OUTPUT = "_".join(Path(folder).resolve().stem for folder in OWN.values()) or "full"
OUTPUT = "smoke" if SMOKE else f"{KIND}/{OUTPUT}" if KIND != "small" else OUTPUT
OUT = "." if OUTPUT == "full" else f"{RUNS}/{OUTPUT}"
BELOW = "" if OUTPUT == "full" else f"{OUT}/"  # Snakemake wants no leading "./"

# Corpora by name and folder. The mini home is made on first use.
NAME = {"home": "mini_home", "music": "mini_music"} | {k: recognise(OWN[k]) for k in OWN}
SOURCE = {"home": f"{RUNS}/smoke/mini_home" if SMOKE else f"{RUNS}/mini_home", "music": "data/mini_music"}
MADE = f"{SOURCE['home']}/made.json"
SOURCE |= OWN
RUN = {kind: str(run_folder(NAME[kind], SOURCE[kind], WORK)) for kind in SOURCE}
RECIPE = {kind: f"{KIND}, {kind}" for kind in SOURCE}
RECIPE |= {"home": "thesis, SINS"} if KIND == "thesis" else {}  # named after its corpus

# Several processes train one network, each on a GPU of its own.
PROCESSES = int(config.get("processes", 1))
TOGETHER = f"torchrun --standalone --nproc-per-node={PROCESSES} -m thesis_lib"

SEEDS = int(config.get("seeds", 2 if SMOKE else 3))

# What a notebook reads, beside its own text: parts of the two runs, and benchmarks.
NEEDS = {
    "00_start_here": ["embeddings/done.json"],  # says how far the runs are
    "01_the_data": ["store/made.json"],
    "02_preprocessing": ["store/made.json"],
    "03_triplets": ["store/made.json"],
    "04_gpu_training": ["train/done.json", "embeddings/done.json"],
    "05_embedding_space": ["embeddings/done.json"],
    "06_error_analysis_sins": ["embeddings/done.json"],
    "07_genre_clusters": ["embeddings/done.json"],
    "08_f1_results": ["embeddings/done.json"],
    "09_listening_room": ["embeddings/done.json"],
    "11_open_questions": [],  # benchmarks only
}
BENCHES = {
    "02_preprocessing": ["input_pipeline"],
    "04_gpu_training": ["training_step", "training", "embedding", "ablation"],
    "11_open_questions": ["open_questions", "open_questions_map"],
}


def code(*modules):
    """The library's files that a stage runs, so that it runs again when they change."""
    return [f"thesis_lib/{module}.py" for module in modules]


ALL_CODE = sorted(str(path) for path in Path("thesis_lib").rglob("*.py"))


def run_of(wildcards):
    return RUN[wildcards.kind]


wildcard_constraints:
    kind="home|music",


# One stage at a time, each with all cores: so there is one progress bar at a time.
rule all:
    input:
        expand(f"{BELOW}results/{{name}}.json", name=NEEDS),
        f"{BELOW}results/thesis_vs_here.json",
        f"{BELOW}figures/index.json",
    params:
        out=OUT,
    shell:
        "thesis show {params.out:q}"


rule mini_home:
    input:
        code("mini_home", "home_scenes", "home_sounds", "home_rooms", "voices"),
    output:
        update(MADE),  # kept until the command has seen by it that the folder is its own
    params:
        folder=str(Path(MADE).parent),
        size="smoke" if SMOKE else "full",
    threads: workflow.cores
    shell:
        "thesis home {params.folder} --size {params.size}"


rule corpus:
    input:
        lambda wildcards: [] if wildcards.kind in OWN else (
            MADE if wildcards.kind == "home" else "data/manifest.json"
        ),
        code("audio", "mp4", "corpora", "corpus", "sins", "recipe", "stages"),
        code("music", "library", "playlists", "tags", "recordings", "duplicates", "fma"),
    output:
        "{folder}/{kind}/run.json",
    params:
        name=lambda wildcards: NAME[wildcards.kind],
        source=lambda wildcards: SOURCE[wildcards.kind],
        recipe=lambda wildcards: RECIPE[wildcards.kind],
        part="--part 3" if SMOKE else "",
        seeds=SEEDS,
    threads: workflow.cores
    shell:
        "thesis corpus {params.name} {params.source:q} {wildcards.folder:q}/{wildcards.kind}"
        " --recipe {params.recipe:q} --seeds {params.seeds} {params.part}"


rule features:
    input:
        "{folder}/{kind}/run.json",
        code("audio", "mp4", "spectrogram", "preprocess", "parts", "store", "stages"),
    output:
        "{folder}/{kind}/store/made.json",
    threads: workflow.cores
    shell:
        "thesis features {wildcards.folder:q}/{wildcards.kind}"


# One of several machines: `snakemake shards --config shard=2/8`; `features` then joins them.
SHARD = config.get("shard", "1/1")
SHARDED = f"shard_{SHARD.replace('/', '_of_')}.done"


rule shards:
    input:
        [f"{run}/{SHARDED}" for run in RUN.values()],


rule shard:
    input:
        "{folder}/{kind}/run.json",
    output:
        touch(f"{{folder}}/{{kind}}/{SHARDED}"),
    threads: workflow.cores
    shell:
        "thesis features {wildcards.folder:q}/{wildcards.kind} --shard {SHARD}"


rule training:
    input:
        "{folder}/{kind}/store/made.json",
        code("sampler", "resnet", "triplet_loss", "recipe", "train", "stages", "objectives"),
        code("pairs", "augment", "encoder", "contrastive_loss", "embed", "feed", "team"),
    output:
        "{folder}/{kind}/train/done.json",
    params:
        thesis="thesis" if PROCESSES == 1 else TOGETHER,
    threads: workflow.cores
    shell:
        "{params.thesis} training {wildcards.folder:q}/{wildcards.kind}"


rule embeddings:
    input:
        "{folder}/{kind}/train/done.json",
        code("embed", "stages"),
    output:
        "{folder}/{kind}/embeddings/done.json",
    threads: workflow.cores
    shell:
        "thesis embeddings {wildcards.folder:q}/{wildcards.kind}"


def forget_if_incomplete(name):
    """Remove a notebook's result when a figure it speaks of is gone: both are then made again."""
    result = Path(OUT, "results", f"{name}.json")
    figures = json.loads(result.read_text())["figures"] if result.is_file() else []
    if not all(Path(OUT, "figures", figure).is_file() for figure in figures):
        result.unlink()


for name, parts in NEEDS.items():
    forget_if_incomplete(name)

    rule:
        name:
            f"notebook_{name}"
        input:
            notebook=f"notebooks/{name}.ipynb",
            runs=[f"{run}/{part}" for run in RUN.values() for part in parts],
            benches=[f"bench/results/{bench}.json" for bench in BENCHES.get(name, [])],
            code=ALL_CODE,
        output:
            result=f"{BELOW}results/{name}.json",
        params:
            corpora=" ".join(
                f"--{kind} {NAME[kind]} --{kind}-folder {quote(SOURCE[kind])}" for kind in SOURCE
            ),
            work=WORK,
            out=OUT,
            executed=f"{RUNS}/{OUTPUT}/notebooks/{name}.ipynb",
        threads: workflow.cores
        shell:
            "thesis notebook {input.notebook} {params.executed:q} {params.corpora}"
            " --work {params.work:q} --out {params.out:q}"


rule summary:
    input:
        expand(f"{BELOW}results/{{name}}.json", name=NEEDS),
    output:
        f"{BELOW}results/thesis_vs_here.json",
        f"{BELOW}figures/index.json",
    params:
        out=OUT,
    shell:
        "thesis summary {params.out:q}"


onerror:
    print("Stopped. What was done is kept: the same command goes on from there.")
