# clean-news in a container: docs/workflows.md says how to use it.
# Python 3.13: textacy, which is 400 MB with what it needs, is not installed there; the output is the same.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY pipeline pipeline
COPY dictionaries dictionaries
RUN python -m venv /opt/clean-news
RUN /opt/clean-news/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check ".[serve]"
# 30 MB of the libraries' tests, and pip.
RUN find /opt/clean-news/lib -type d -name tests -prune -exec rm -r {} +
RUN /opt/clean-news/bin/pip uninstall --yes --quiet pip

FROM python:3.13-slim
COPY --from=build /opt/clean-news /opt/clean-news
# The root file system can be read-only: nothing is written but CLEAN, which is mounted, and /tmp.
ENV PATH="/opt/clean-news/bin:$PATH" XDG_CACHE_HOME="/tmp/cache" PYTHONPYCACHEPREFIX="/tmp/bytecode"
WORKDIR /tmp
USER 10001:10001
ENTRYPOINT ["clean-news"]
CMD ["--help"]
