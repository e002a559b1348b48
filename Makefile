# Caseroom. `make help` lists the targets; README.md tells what they are for.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
SAN ?=
COV ?=
WERROR ?= $(if $(CI),1,)

PKGS := sdl2 SDL2_ttf libgfshare libfido2 libcrypto libsodium sqlite3 jansson cairo pangocairo libical libarchive
LIBS_CTL := $(shell pkg-config --libs libsodium libcrypto libgfshare libfido2 sqlite3 jansson cairo pangocairo libical libarchive 2>/dev/null) -lcsv -lm -lpthread
LIBS_SDL := $(shell pkg-config --libs sdl2 SDL2_ttf 2>/dev/null)

CFLAGS ?= -O2 -g
override CFLAGS += -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral \
	$(if $(WERROR),-Werror,) -fstack-protector-strong -fPIE \
	$(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer,-D_FORTIFY_SOURCE=2) \
	$(if $(COV),--coverage,)
override CPPFLAGS += -Iinclude -DSQLITE_ENABLE_SESSION -DSQLITE_ENABLE_PREUPDATE_HOOK \
	$(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(PKGS) 2>/dev/null))
override LDFLAGS += -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=address$(comma)undefined,) $(if $(COV),--coverage,)
comma := ,
ifneq ($(SAN),)
ifeq ($(BUILD),build)
override BUILD := build-san
endif
endif

MODULES := base vault practice record paper gfx ui plat ctl room
CTL_MODULES := base vault practice record paper ctl
src_of = $(sort $(wildcard src/$(1)/*.c))
objs_of = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(call src_of,$(1)))
OBJS := $(foreach m,$(MODULES),$(call objs_of,$(m))) $(BUILD)/obj/assets.o
CTL_OBJS := $(foreach m,$(CTL_MODULES),$(call objs_of,$(m))) $(BUILD)/obj/assets.o
LIB := $(BUILD)/libcaseroom.a

PROGRAMS := $(patsubst src/main/%.c,$(BUILD)/%,$(wildcard src/main/*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SRC))
TEST_TOOLS := $(patsubst tests/e2e/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/e2e/*.c))) $(BUILD)/tests/checker
# SQLCipher is measured beside us where its library is; it has SQLite's names, so it cannot be in our programs.
SQLCIPHER := $(shell pkg-config --exists sqlcipher 2>/dev/null && echo yes)
BENCH := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(sort $(filter-out $(if $(SQLCIPHER),,%_sqlcipher.c),$(wildcard tests/bench/bench_*.c))))
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
ASSETS := $(sort $(shell find assets -type f ! -name '*.md' ! -name '*.txt'))

.PHONY: all help deps demo run check check-units bench fuzz guide format format-check tidy layers install clean
all: $(PROGRAMS)

help:
	@echo "make              build the programs into $(BUILD)/"
	@echo "make demo         hold a whole sample conference; leaves sealed minutes and pictures"
	@echo "make run          start Caseroom on your own store"
	@echo "make check        all tests; ends with 'N passed, N failed'"
	@echo "make SAN=1 check  the same under address and undefined-behaviour sanitizers"
	@echo "make soak         the long forms: power cuts, faults, kills, sanitizers, valgrind, fuzzing (an hour and more)"
	@echo "make bench        measure, with a goal beside each figure"
	@echo "make guide        the quick guide for chairs as PDF"
	@echo "make fuzz         60 seconds of each fuzz target; make fuzz-corpus: their seeds anew"
	@echo "make valgrind     the tests of the vault under valgrind"
	@echo "make format       lay out the sources; make format-check only looks, make tidy looks deeper"
	@echo "make layers       who may include whom"
	@echo "make deps         install what is missing of Debian's packages"
	@echo "make install      DESTDIR= PREFIX=; make clean"

deps:
	@scripts/deps.sh

# Objects depend on the flags, so that a change of CC or SAN rebuilds them.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(CFLAGS) $(CPPFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS) $(CPPFLAGS)' > $@
FORCE:

$(BUILD)/obj/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files of assets/ are linked into the programs.
$(BUILD)/obj/assets.S: $(ASSETS) scripts/assets.sh
	@mkdir -p $(@D)
	@echo "  ASSETS $@"
	@scripts/assets.sh $(ASSETS) > $@.new && mv $@.new $@
$(BUILD)/obj/assets.o: $(BUILD)/obj/assets.S
	$(CC) -c -o $@ $<

$(LIB): $(OBJS)
	@rm -f $@
	@ar rcs $@ $^
$(BUILD)/libcaseroomctl.a: $(CTL_OBJS)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/caseroomctl: $(BUILD)/obj/main/caseroomctl.o $(BUILD)/libcaseroomctl.a
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_CTL)
$(BUILD)/caseroom: $(BUILD)/obj/main/caseroom.o $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_SDL) $(LIBS_CTL)

# What asks for memory in src/ asks the test.
FAULTS := malloc calloc realloc sodium_malloc crypto_pwhash gfshare_ctx_init_enc gfshare_ctx_init_dec
$(BUILD)/tests/test_vault_fault: override LDFLAGS += $(foreach f,$(FAULTS),-Wl,--wrap=$(f))
$(BUILD)/tests/%: tests/unit/%.c tests/unit/test.c tests/unit/test.h $(LIB) $(wildcard tests/unit/*.h)
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	@$(CC) $(CPPFLAGS) -Isrc -Itests/unit $(CFLAGS) $(LDFLAGS) -o $@ $< tests/unit/test.c \
		$(wildcard tests/unit/$*_*.c) $(LIB) $(LIBS_SDL) $(LIBS_CTL)
$(BUILD)/tests/%: tests/e2e/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_CTL)
$(BUILD)/bench/%_sqlcipher: tests/bench/%_sqlcipher.c tests/bench/vault_work.h
	@mkdir -p $(@D)
	@echo "  BENCH $<"
	@$(CC) -std=c11 -D_GNU_SOURCE $(CFLAGS) $(LDFLAGS) -o $@ $< -lsqlcipher -lm
# Knows docs/FORMAT.md and nothing of src/.
CHECKER := $(sort $(wildcard tests/checker/*.c))
$(BUILD)/tests/checker: $(CHECKER) tests/checker/checker.h $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(CHECKER) $(shell pkg-config --cflags --libs libsodium sqlite3)
$(BUILD)/bench/%: tests/bench/%.c $(LIB) $(wildcard tests/bench/*.h)
	@mkdir -p $(@D)
	@echo "  BENCH $<"
	@$(CC) $(CPPFLAGS) -Isrc -Itests/unit $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS_SDL) $(LIBS_CTL)
# The fuzzers' own objects: clang, with the sanitizers.
FUZZ_CC := clang $(CPPFLAGS) -Isrc -Itests/unit -std=c11 -D_GNU_SOURCE -O1 -g
FUZZ_OBJS := $(patsubst src/%.c,$(BUILD)/fuzz/obj/%.o,$(foreach m,$(CTL_MODULES),$(call src_of,$(m))))
.SECONDARY: $(FUZZ_OBJS)
$(BUILD)/fuzz/obj/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  FUZZ  $<"
	@$(FUZZ_CC) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<
$(BUILD)/fuzz/%: tests/fuzz/%.c $(FUZZ_OBJS) $(BUILD)/obj/assets.o $(wildcard tests/fuzz/*.h tests/unit/*.h)
	@echo "  FUZZ  $@"
	@$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $< $(FUZZ_OBJS) $(BUILD)/obj/assets.o $(LIBS_CTL)

# The quick guide as PDF, by the code that sets the minutes, in the fonts of assets/.
guide: $(BUILD)/quick-guide.pdf
$(BUILD)/guide: scripts/guide.c $(BUILD)/libcaseroomctl.a
	@echo "  LINK  $@"
	@$(CC) $(CPPFLAGS) -Isrc $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_CTL) -lcmark
$(BUILD)/quick-guide.pdf: docs/quick-guide.md $(BUILD)/guide
	@mkdir -p $(BUILD)/fontcache
	@echo '<fontconfig><dir>$(CURDIR)/assets/fonts</dir><cachedir>$(abspath $(BUILD))/fontcache</cachedir></fontconfig>' > $(BUILD)/fonts.conf
	@ASAN_OPTIONS=detect_leaks=0 FONTCONFIG_FILE=$(abspath $(BUILD))/fonts.conf $(BUILD)/guide $< "Caseroom: quick guide for chairs" \
		"Caseroom: quick guide for chairs. Not legal advice." > $@.new && mv $@.new $@
	@echo "$@"

layers:
	@scripts/layers.sh

# What is missing is installed first; then make starts anew, because the flags of a package that was not there are not known.
.PHONY: do-check do-soak do-demo do-run check-units soak valgrind fuzz-corpus
check soak demo run: deps
	@$(MAKE) --no-print-directory do-$@

# With clang, and in the ordinary build alone, the fuzz targets too.
FUZZ_IN_CHECK := $(if $(SAN)$(COV),,$(if $(shell command -v clang 2>/dev/null),$(FUZZ)))
check-units: $(UNIT) $(TEST_TOOLS) $(BUILD)/quick-guide.pdf
do-check: all check-units $(FUZZ_IN_CHECK)
	@tests/run.sh $(BUILD)
do-soak: all check-units $(FUZZ)
	@tests/soak.sh $(BUILD)
valgrind: check-units
	@tests/valgrind.sh $(BUILD)
do-demo: all
	@scripts/demo.sh $(BUILD)
do-run: all
	$(BUILD)/caseroom --size 1280x800 --store "$${XDG_DATA_HOME:-$$HOME/.local/share}/caseroom" --out "$${XDG_DATA_HOME:-$$HOME/.local/share}/caseroom-papers"

bench: all $(BENCH)
	@tests/bench/run.sh $(BUILD)
fuzz: $(FUZZ)
	@tests/fuzz/run.sh $(BUILD) 60
# Valid files for the fuzzers to begin from, made anew; only when a format has changed.
fuzz-corpus: $(BUILD)/fuzz/corpus
	@$(BUILD)/fuzz/corpus tests/fuzz/corpus
$(BUILD)/fuzz/corpus: tests/fuzz/corpus.c $(LIB) $(wildcard tests/fuzz/*.h tests/unit/*.h)
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) -Isrc -Itests/unit $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LIBS_SDL) $(LIBS_CTL)

C_FILES := $(shell find src include tests -name '*.c' -o -name '*.h' 2>/dev/null)
format:
	clang-format -i $(C_FILES)
format-check:
	clang-format --dry-run -Werror $(C_FILES)
tidy:
	clang-tidy --quiet $(shell find src -name '*.c') -- $(CPPFLAGS) -std=c11 -D_GNU_SOURCE

install: all
	install -D -m 755 $(BUILD)/caseroom $(DESTDIR)$(PREFIX)/bin/caseroom
	install -D -m 755 $(BUILD)/caseroomctl $(DESTDIR)$(PREFIX)/bin/caseroomctl
	for m in docs/man/*.1; do install -D -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man1/$${m##*/}; done
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/caseroom/LICENSE
	install -D -m 644 assets/LICENCES.md $(DESTDIR)$(PREFIX)/share/doc/caseroom/LICENCES.md
	install -d $(DESTDIR)/usr/lib/systemd/system $(DESTDIR)/usr/lib/sysusers.d $(DESTDIR)/usr/lib/tmpfiles.d $(DESTDIR)/usr/lib/udev/rules.d
	sed 's,@PREFIX@,$(PREFIX),g' systemd/caseroom.service > $(DESTDIR)/usr/lib/systemd/system/caseroom.service
	install -m 644 systemd/caseroom-stick@.service $(DESTDIR)/usr/lib/systemd/system/caseroom-stick@.service
	install -m 644 board/70-caseroom.rules $(DESTDIR)/usr/lib/udev/rules.d/70-caseroom.rules
	install -m 644 systemd/caseroom.sysusers $(DESTDIR)/usr/lib/sysusers.d/caseroom.conf
	install -m 644 systemd/caseroom.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/caseroom.conf

clean:
	rm -rf $(BUILD)

-include $(OBJS:.o=.d) $(FUZZ_OBJS:.o=.d) $(BUILD)/obj/main/caseroom.d $(BUILD)/obj/main/caseroomctl.d
