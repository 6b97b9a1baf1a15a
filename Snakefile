# The pipeline: one rule a stage; papermill runs the notebooks.
#
# `thesis figures`, which is what `make figures` calls, writes down what was asked for and starts
# this with `--configfile`; without one, all runs on the suite's own corpora. Rules get folders and
# names of corpora by functions: what a function gives is taken as it is, whatever it holds.

import ast
import json
import sys
from pathlib import Path

from thesis_lib.pipeline.job import Job

JOB = Job(**config)
OUT = JOB.out
BELOW = "" if OUT == "." else f"{OUT}/"  # Snakemake wants no leading "./"
RUN = JOB.run
MADE = f"{JOB.made_home}/made.json"

# Several processes train one network, each on a GPU of its own.
TOGETHER = f"torchrun --standalone --nproc-per-node={JOB.processes} -m thesis_lib"

# What is cheap and can fail comes before what is dear.
CHEAP = ["00_start_here", "01_the_data", "02_preprocessing", "03_triplets"]
CHEAP += ["10_experiments", "11_open_questions"]

# What a notebook reads, beside its own text: parts of the two runs, and benchmarks.
NEEDS = {
    "00_start_here": [],  # reads the music itself
    "01_the_data": ["store/meta.json"],
    "02_preprocessing": ["store/meta.json"],
    "03_triplets": ["store/meta.json"],
    "04_gpu_training": ["train/done.json", "embeddings/done.json"],
    "05_embedding_space": ["embeddings/done.json"],
    "06_error_analysis_sins": ["embeddings/done.json"],
    "07_genre_clusters": ["embeddings/done.json"],
    "08_f1_results": ["embeddings/done.json"],
    "09_listening_room": ["embeddings/done.json"],
    "10_experiments": [],  # benchmarks only
    "11_open_questions": [],
}
if not JOB.benchmarks:
    del NEEDS["10_experiments"], NEEDS["11_open_questions"]
ADAPTED = [f"{RUN[domain]}/embeddings/adapted.json" for domain in JOB.adapted]
BENCHES = {
    "02_preprocessing": ["input_pipeline"],
    "06_error_analysis_sins": ["audit", "audit_curves", "audit_faults"],
    "10_experiments": ["training_step", "training", "proof_reporting", "ablation"],
    "11_open_questions": ["open_questions", "open_questions_map"],
}
for path in (Path("bench/results", f"{name}.json") for names in BENCHES.values() for name in names):
    if JOB.benchmarks and not path.is_file():
        sys.exit(f"{path.absolute()} is missing; it comes with the suite: fetch it again.")


def with_value(option, value):
    """An option and its value, or nothing: an empty value is lost on the way through the shell."""
    return [option, value] if value else []


def code(*modules):
    """The library's files that a stage runs, so that it runs again when they change: the modules
    that do the work, and what is imported from there on."""
    todo, found = list(modules), set()
    while todo:
        path = todo.pop().replace(".", "/") + ".py"
        if path in found or not Path(path).is_file():
            continue
        found.add(path)
        for node in ast.walk(ast.parse(Path(path).read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("thesis_lib"):
                todo += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return sorted(found)


ALL_CODE = sorted(str(path) for path in Path("thesis_lib").rglob("*.py"))


def decided(domain):
    """The files of reviewers' decisions: a corpus is read again when one is added."""
    place = JOB.corrections_of(domain)
    return sorted(map(str, Path(place).glob("decisions_*.csv"))) or [place] if place else []


def run_of(wildcards):
    return RUN[wildcards.domain]


wildcard_constraints:
    domain="home|music",


# Stages take all cores, one after the other: so there is one progress bar at a time. What is as
# small as the smoke profile is only slower on several threads, which wait for each other.
THREADS = 1 if JOB.is_smoke else workflow.cores


# Stages of one run take turns, for each keeps others out of its folder (`front_door`).
def of_home(wildcards):
    return int(wildcards.domain == "home")


def of_music(wildcards):
    return int(wildcards.domain == "music")


rule all:
    input:
        expand(f"{BELOW}results/{{name}}.json", name=NEEDS),
        f"{BELOW}results/thesis_vs_here.json",
        f"{BELOW}figures/index.json",


rule mini_home:
    input:
        code("thesis_lib.datasets.mini_home.home"),
    output:
        update(MADE),  # kept until the command has seen by it that the folder is its own
    params:
        folder=lambda wildcards: JOB.made_home,
        size=JOB.profile,
    threads: THREADS
    priority: 50
    shell:
        "thesis home {params.folder:q} --size {params.size}"


rule corpus:
    input:
        lambda wildcards: [] if wildcards.domain in JOB.given else (
            MADE if wildcards.domain == "home" else "data/manifest.json"
        ),
        code("thesis_lib.datasets.registry"),
        "thesis_lib/pipeline/stages.py",
        lambda wildcards: decided(wildcards.domain),
    output:
        "{folder}/{domain}/run.json",
    params:
        name=lambda wildcards: JOB.names[wildcards.domain],
        source=lambda wildcards: JOB.sources[wildcards.domain],
        recipe=lambda wildcards: JOB.recipes[wildcards.domain],
        limit="--limit 1" if JOB.is_smoke else "",
        seeds=JOB.n_seeds,
        corrections=lambda wildcards: with_value("--corrections", JOB.corrections_of(wildcards.domain)),
    threads: THREADS
    priority: 40
    shell:
        "thesis corpus {params.name} {params.source:q} {wildcards.folder:q}/{wildcards.domain}"
        " --recipe {params.recipe:q} --seeds {params.seeds} {params.limit}"
        " {params.corrections:q}"


rule features:
    input:
        "{folder}/{domain}/run.json",
        code("thesis_lib.pipeline.store_builder"),
    output:
        "{folder}/{domain}/store/meta.json",
    threads: THREADS
    priority: 30
    shell:
        "thesis features {wildcards.folder:q}/{wildcards.domain}"


# One of several machines: `make shard SHARD=2/8`; `features` then joins them.
SHARDED = f"shard_{JOB.shard.replace('/', '_of_')}.done"


rule shards:
    input:
        [f"{run}/{SHARDED}" for run in RUN.values()],


rule shard:
    input:
        "{folder}/{domain}/run.json",
    output:
        touch(f"{{folder}}/{{domain}}/{SHARDED}"),
    threads: THREADS
    shell:
        "thesis features {wildcards.folder:q}/{wildcards.domain} --shard {JOB.shard}"


rule training:
    input:
        "{folder}/{domain}/store/meta.json",
        code("thesis_lib.train", "thesis_lib.training.triplets", "thesis_lib.contrastive.method"),
    output:
        "{folder}/{domain}/train/done.json",
    params:
        thesis="thesis" if JOB.processes == 1 else TOGETHER,
    resources:
        home=of_home,
        music=of_music,
    threads: THREADS
    shell:
        "{params.thesis} training {wildcards.folder:q}/{wildcards.domain}"


rule ours:
    input:
        "{folder}/{domain}/store/meta.json",
        "data/pretrained.safetensors",
        code("thesis_lib.embed", "thesis_lib.contrastive.pretrained"),
    output:
        "{folder}/{domain}/embeddings/ours.json",
    resources:
        home=of_home,
        music=of_music,
    threads: THREADS
    priority: 10
    shell:
        "thesis ours {wildcards.folder:q}/{wildcards.domain}"


rule adaptation:
    input:
        "{folder}/{domain}/embeddings/ours.json",
        code("thesis_lib.pipeline.adaptation"),
    output:
        "{folder}/{domain}/embeddings/adapted.json",
    resources:
        home=of_home,
        music=of_music,
    threads: THREADS
    shell:
        "thesis adaptation {wildcards.folder:q}/{wildcards.domain}"


rule embeddings:
    input:
        "{folder}/{domain}/train/done.json",
        "{folder}/{domain}/embeddings/ours.json",
        code("thesis_lib.embed"),
    output:
        "{folder}/{domain}/embeddings/done.json",
    resources:
        home=of_home,
        music=of_music,
    threads: THREADS
    shell:
        "thesis embeddings {wildcards.folder:q}/{wildcards.domain}"


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
            adapted=ADAPTED if "embeddings/done.json" in parts else [],
            benches=[f"bench/results/{bench}.json" for bench in BENCHES.get(name, [])],
            code=ALL_CODE,
        output:
            # Kept until it is written again: Ctrl-C does not take a result away.
            result=update(f"{BELOW}results/{name}.json"),
        params:
            names=JOB.names,
            home=lambda wildcards: JOB.sources["home"],
            music=lambda wildcards: JOB.sources["music"],
            work=lambda wildcards: JOB.work,
            out=OUT,
            embedding=JOB.embedding,
            smoke="--smoke" if JOB.is_smoke else "",
            executed=f"{JOB.notebooks}/{name}.ipynb",
        threads: max(1, workflow.cores // 2)  # two at a time: much of a notebook is one thread's work
        priority: 20 if name in CHEAP else 0
        shell:
            "OMP_NUM_THREADS={threads} thesis notebook {input.notebook} {params.executed:q}"
            " --home {params.names[home]} --home-folder {params.home:q}"
            " --music {params.names[music]} --music-folder {params.music:q}"
            " --work {params.work:q} --out {params.out:q} --embedding {params.embedding}"
            " {params.smoke}"


rule summary:
    input:
        expand(f"{BELOW}results/{{name}}.json", name=NEEDS),
    output:
        update(f"{BELOW}results/thesis_vs_here.json"),
        update(f"{BELOW}figures/index.json"),
    params:
        out=OUT,
    shell:
        "thesis summary {params.out:q}"

