# Sève. `make` alone lists the commands. Nothing is asked for but make and Python 3.11, 3.12 or 3.13.

PYTHON ?= python3
T ?= tests
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
BESIDE := $(PY) -m service.supervisor
FLASK := $(CURDIR)/$(PY) -m flask --app service.app
COMPILE := $(PY) -m uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

export UV_PYTHON_DOWNLOADS := never
# Where a company stands between us and the index, its certificate is the machine's to know.
export UV_SYSTEM_CERTS ?= true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help same-python setup setup-dev run test quick lint format types arch train evaluate card corpus \
	catalogues words accessibility privacy migrate migration check-migrations demo \
	flask bench lock sure clean

help: ## Affiche cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- Installation ------------------------------------------------------------------------------------------------------

define WRONG_PYTHON
Sève demande Python 3.11, 3.12 ou 3.13, et « $(PYTHON) » n'en est pas un : installez-en un, ou montrez-le par « make PYTHON=/chemin/de/python3.12 … ».
endef
define NO_ENSUREPIP
« $(PYTHON) » n'a pas de quoi créer un environnement virtuel : sous Debian ou Ubuntu, « sudo apt install python3-venv », puis relancez make.
endef

# $(call install,LOCK): uv first, for it takes seconds; pip when uv cannot, for it takes a minute but is always there.
install = $(PY) -m uv pip install --python $(PY) --require-hashes --requirement $(1) || { \
	echo "uv n'y arrive pas ici ; pip prend le relais, comptez une minute ou deux."; \
	$(PY) -m pip install --require-hashes --requirement $(1); }

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "$(WRONG_PYTHON)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(NO_ENSUREPIP)" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { \
		echo "Environnement virtuel dans $(VENV) ($$($(PYTHON) --version))"; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

# A Python named on the command line must be the one already in use: the stamps know nothing of it.
same-python: $(VENV)/made
ifeq ($(origin PYTHON),command line)
	@test "$$($(PYTHON) --version)" = "$$($(PY) --version)" || { \
		echo "$(VENV) est en $$($(PY) --version) : « make clean » d'abord pour passer à $(PYTHON)." >&2; exit 1; }
endif

$(VENV)/uv-made: requirements-uv.lock $(VENV)/made | same-python
	@$(PY) -m pip install --quiet --require-hashes --requirement requirements-uv.lock \
		|| echo "uv ne s'installe pas ici ; pip fera seul."
	@touch $@

# The server does not depend on Python: one wheel serves every version, also where none exists and no compiler is at hand.
$(VENV)/redis-made: requirements-redis.lock $(VENV)/uv-made
	@$(PY) -m uv pip install --quiet --python $(PY) --target $(VENV)/redis --python-version 3.12 --only-binary :all: \
			--no-deps --require-hashes --requirement requirements-redis.lock \
		|| $(PY) -m pip install --quiet --upgrade --target $(VENV)/redis --python-version 3.12 --implementation cp --abi cp312 \
			--only-binary :all: --no-deps --require-hashes --requirement requirements-redis.lock \
		|| command -v redis-server valkey-server >/dev/null \
		|| echo "redis-server ne s'installe pas ici : installez Redis sur la machine, ou donnez REDIS_URL."
	@touch $@

$(VENV)/runtime-made: requirements.lock $(VENV)/uv-made
	@echo "Dépendances de requirements.lock"
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/dev-made: requirements-dev.lock $(VENV)/uv-made
	@echo "Dépendances de requirements-dev.lock"
	@$(call install,requirements-dev.lock)
	@touch $@

setup: $(VENV)/runtime-made $(VENV)/redis-made ## Installe tout ce qu'il faut pour lancer Sève, dans .venv
setup-dev: setup $(VENV)/dev-made ## Installe aussi ce qu'il faut pour la modifier

# --- Every day ----------------------------------------------------------------------------------------------------------

run: setup ## Lance Sève entière et donne ses trois adresses (PORT=8001 pour un autre port)
	@exec $(BESIDE)

test: setup-dev ## Passe tous les tests (T=tests/domain pour une partie)
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(T)

quick: setup-dev ## Passe en quelques secondes les tests sans base, ni Redis, ni navigateur
	@$(PY) -m pytest -m "not services and not browser and not slow" $(T)

lint: setup-dev ## Vérifie le style
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: setup-dev ## Met le code au format
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

types: setup-dev ## Vérifie les types
	@$(PY) -m mypy

arch: setup-dev ## Vérifie le sens des imports
	@$(PY) -m pytest -q tests/test_architecture.py

sure: lint types test ## Fait tout ce que fait l'intégration continue, dans le même ordre

# --- Text model ------------------------------------------------------------------------------------------------------

train: setup ## Apprend le modèle de classement
	@$(PY) -m classifier train

evaluate: setup ## Mesure le modèle de classement (DATA=fichier.jsonl pour vos messages, REPORT=page.md pour une page)
	@$(PY) -m classifier evaluate $(if $(DATA),--data "$(DATA)") $(if $(REPORT),--report "$(REPORT)")

card: setup ## Montre la fiche du modèle de classement en service
	@$(PY) -m classifier card

corpus: setup ## Vérifie le corpus et dit de quoi il est fait
	@$(PY) -m classifier corpus stats
	@$(PY) -m classifier corpus lint

# --- What tenants read ------------------------------------------------------------------------------------------------

catalogues: setup ## Rassemble les phrases lues par les locataires, et dit où en est chaque langue
	@$(PY) -m service.cli.catalogues update

words: setup ## Mesure si le français des pages et des lettres se lit facilement
	@$(PY) -m service.cli.catalogues readability

accessibility: setup-dev ## Vérifie l'accessibilité de chaque page dans un navigateur, et écrit la déclaration
	@SEVE_REQUIRE_BROWSER=1 ACCESSIBILITY_REPORT=service/tenant/accessibility.json \
		$(PY) -m pytest -q tests/browser/test_accessibility.py

# --- What the network reads ---------------------------------------------------------------------------------------------

privacy: setup-dev ## Attaque les chiffres publiés de quatorze façons, et écrit ce que la fiche de protection en dit
	@PRIVACY_FULL=1 PRIVACY_REPORT=service/network/privacy.json \
		$(PY) -m pytest -q -n auto --maxprocesses 4 --dist loadfile -m privacy tests/privacy

# --- Database -------------------------------------------------------------------------------------------------------
# Beside the Sève that runs in this folder, or with servers started for the time of the command.

migrate: setup ## Met la base à jour
	@$(BESIDE) $(FLASK) database upgrade

migration: setup-dev ## Prépare une migration d'après les modèles (M="ce qu'elle change")
	@test -n '$(M)' || { echo 'Dites ce que la migration change : make migration M="..."' >&2; exit 1; }
	@$(BESIDE) $(FLASK) database revision "$$(printf '%04d' $$(($$(ls migrations/versions/[0-9]*.py | wc -l) + 1)))" '$(M)'

check-migrations: setup ## Vérifie que les migrations mènent bien aux modèles
	@$(BESIDE) $(FLASK) database check

demo: setup migrate ## Installe le réseau de démonstration
	@$(BESIDE) $(FLASK) demo install

flask: setup ## Lance une commande de Sève (C="keys create amsom-habitat essai" ; C=--help pour la liste)
	@$(BESIDE) $(FLASK) $(C)

bench: setup-dev ## Mesure le temps des étapes, sur de vrais serveurs (PART=text|steps|addresses|rules|load|inbox|delivery|pages|steering|trends|trends-large pour une partie)
	@test -e var/model/champion.json || $(PY) -m classifier train
	@$(PY) -m tests.bench $(if $(PART),$(PART))

# --- Upkeep -------------------------------------------------------------------------------------------------------------

lock: setup-dev ## Refait les fichiers requirements*.lock d'après les requirements*.in
	@$(COMPILE) --python-version 3.11 --output-file requirements.lock requirements.in
	@$(COMPILE) --python-version 3.11 --output-file requirements-dev.lock --constraints requirements.lock requirements-dev.in
	@$(COMPILE) --python-version 3.12 --no-deps --output-file requirements-redis.lock requirements-redis.in
	@$(COMPILE) --python-version 3.11 --output-file requirements-uv.lock requirements-uv.in
	@! grep -n '://' requirements*.lock

clean: ## Enlève l'environnement virtuel et les caches ; les données de var/ restent
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
