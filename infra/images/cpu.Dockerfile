# The project with torch for CPUs. From the repository's root:
#   docker build -f infra/images/cpu.Dockerfile -t foundry:0.1.0 .              the command line and the dispatcher
#   docker build -f infra/images/cpu.Dockerfile --target worker -t foundry-worker:0.1.0 .    a Beam worker
# Model weights are in the image as far as they are in the package (the embedded ones); nothing is downloaded at run time.
# The extra `video` is left out by default: PyAV's wheel brings GPL encoders (docs/decisions/0016-film-encoders.md).
# With --build-arg LOCKS="serve-cpu video" it is in.

# Python's image is named by the digest of its index for all processors. Give the other bases by digest too, as your registry
# shows them: --build-arg BEAM=apache/beam_python3.11_sdk:2.77.0@sha256:…
ARG BEAM=apache/beam_python3.11_sdk:2.77.0
ARG PYTHON=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d

FROM ${BEAM} AS beam

FROM ${PYTHON} AS wheels
ARG LOCKS="serve-cpu"
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/foundry
WORKDIR /source
# torch for CPUs has hashes of its own, which only its index knows: its version is the one in locks/serve-cuda.txt.
RUN /opt/foundry/bin/pip install --no-deps --index-url "${TORCH_INDEX}" torch==2.13.0 torchvision==0.28.0
COPY locks/ locks/
RUN for lock in ${LOCKS}; do \
    /opt/foundry/bin/pip install --require-hashes --no-deps --requirement "locks/${lock}.txt" || exit 1; \
  done
COPY pyproject.toml README.md LICENSE ./
COPY connectors/ connectors/
COPY console/ console/
COPY examples/ examples/
COPY foundry/ foundry/
COPY imaging/ imaging/
COPY infra/ infra/
COPY lab/ lab/
COPY models/ models/
COPY pipelines/ pipelines/
COPY templates/ templates/
COPY transforms/ transforms/
RUN /opt/foundry/bin/pip install --no-deps --no-build-isolation .

FROM ${PYTHON} AS runtime
RUN groupadd --gid 10001 foundry && useradd --uid 10001 --gid 10001 --create-home --home-dir /home/foundry foundry
# The renderer of sets compiles its kernels with LLVM, which no wheel brings: without it, it takes more than twice as long.
RUN apt-get update && apt-get install --yes --no-install-recommends 'libllvm19=1:19.*' && rm -rf /var/lib/apt/lists/*
COPY --from=wheels /opt/foundry /opt/foundry
COPY --from=beam /opt/apache/beam /opt/apache/beam
COPY LICENSE /licenses/campaign-foundry
# No image without what confines the decoding of files from outside, libseccomp, and what renders sets, and that fast.
RUN /opt/foundry/bin/python -c "import pyseccomp" \
  && /opt/foundry/bin/python -c "import ctypes, mitsuba, pyoidn; ctypes.CDLL('libLLVM.so.19.1')"
# Beam's boot asks for a temporary virtual environment of its own unless it is told that this one is whole.
ENV PATH=/opt/foundry/bin:$PATH PYTHONUNBUFFERED=1 RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1
USER 10001:10001
WORKDIR /home/foundry

# A Beam worker for Dataflow, or with --worker_pool a pool of them for Flink.
FROM runtime AS worker
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import apache_beam"]
ENTRYPOINT ["/opt/apache/beam/boot"]

FROM runtime AS foundry
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('FOUNDRY_HTTP_PORT', 8080)}/live\", timeout=4)"]
ENTRYPOINT ["foundry"]
CMD ["--help"]
