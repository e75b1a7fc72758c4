# docker build --tag mldebt .
# docker run --rm --volume "$PWD:/repository" --user "$(id -u):$(id -g)" mldebt
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md CHANGELOG.md LICENSE ./
COPY mldebt mldebt
COPY rules rules
RUN pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir /dist .

FROM python:3.12-slim
# git tells which files belong to a repository; the mounted one belongs to somebody else than root.
RUN apt-get update --quiet --quiet \
    && apt-get install --yes --quiet --quiet --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
COPY --from=build /dist /dist
RUN pip install --quiet --disable-pip-version-check --no-cache-dir /dist/*.whl && rm -rf /dist
WORKDIR /repository
ENTRYPOINT ["mldebt"]
CMD ["check"]
