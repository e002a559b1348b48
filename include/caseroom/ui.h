#ifndef CASEROOM_UI_H
#define CASEROOM_UI_H
/*
 * ui: the touch toolkit. Immediate-mode calls over the caller's state, retained pixels. A screen's
 * build function is called for each frame that is needed; every control it calls appends a node
 * (for touch, keyboard, tests and accessibility) and drawing commands. Commands are hashed into a
 * grid; only cells that changed are painted. Nothing here knows the store or the meeting. UI thread
 * only.
 *
 * Rules a screen keeps: rows are told apart by ui_push_id(database id); labels of controls that can
 * be seen together differ; strings passed in live until ui_end of the frame (arena or literals).
 */
#include "caseroom/gfx.h"

struct ui;

/* ---- measures: tokens.md section 1 --------------------------------------------------------- */

enum ui_layout {
	UI_SMALL, /* 7 inch, 800x480, and large text: one column, tabs, short rail */
	UI_BASE,  /* 10.1 inch and desk monitors */
	UI_WALL,
};

struct ui_metrics {
	int w, h;           /* the panel, px */
	int rem, u, target; /* text, space and touch units, px */
	int primary;        /* height of a primary button: 12 mm */
	int row, row2;      /* one-line and two-line row heights */
	int margin, gap;    /* page margin (s6), gap between panels (s4; s3 on the small layout) */
	int rail_w, header_h, bar_h; /* the frame of look/LOOK.md section 2 */
	int pager_w;
	enum ui_layout layout;
};

const struct ui_metrics *ui_m(const struct ui *ui);
/* A length given at the base profile (10.1 inch, 5.9 px/mm) for this panel's text size: scales with
 * rem. */
int ui_px(const struct ui *ui, int base_px);

/* ---- rectangles: a page is cut into parts -------------------------------------------------- */

struct gfx_rect ui_cut_top(
        struct gfx_rect *r, int h); /* takes h px off the top of *r and returns them */
struct gfx_rect ui_cut_bottom(struct gfx_rect *r, int h);
struct gfx_rect ui_cut_left(struct gfx_rect *r, int w);
struct gfx_rect ui_cut_right(struct gfx_rect *r, int w);
struct gfx_rect ui_inset(struct gfx_rect r, int dx, int dy);
/* Column i of n equal columns with `gap` between; edges round so that none drifts. */
struct gfx_rect ui_column(struct gfx_rect r, int i, int n, int gap);
struct gfx_rect ui_line(struct gfx_rect r, int i, int n, int gap); /* the same downwards */

/* ---- life ---------------------------------------------------------------------------------- */

struct ui_config {
	int w, h;          /* px */
	int px_per_mm_x10; /* 59 = 5.9 px/mm; 0 = guess from the size */
	enum gfx_theme theme;
	bool large_text;
	bool checks; /* test mode: the invariants of ui_check() run on every frame */
};

enum err ui_create(const struct ui_config *c, struct ui **ret) MUST_CHECK;
void ui_destroy(struct ui *ui);
enum err ui_resize(struct ui *ui, int w, int h, int px_per_mm_x10) MUST_CHECK;
void ui_set_theme(struct ui *ui, enum gfx_theme theme, bool large_text);
/* Zeroes and frees every cached text run and blanks the surface: lock, cover, end of a session. */
void ui_wipe(struct ui *ui);

/* ---- input: raw events go in, gestures come out of the controls ---------------------------- */

enum ui_event_kind { UI_DOWN, UI_MOVE, UI_UP, UI_CANCEL, UI_KEY, UI_TEXT, UI_WHEEL };
enum ui_key {
	UI_KEY_NONE,
	UI_KEY_TAB,
	UI_KEY_BACKTAB,
	UI_KEY_ENTER,
	UI_KEY_ESCAPE,
	UI_KEY_SPACE,
	UI_KEY_BACKSPACE,
	UI_KEY_DELETE,
	UI_KEY_LEFT,
	UI_KEY_RIGHT,
	UI_KEY_UP,
	UI_KEY_DOWN,
	UI_KEY_HOME,
	UI_KEY_END,
	UI_KEY_PAGE_UP,
	UI_KEY_PAGE_DOWN,
	UI_KEY_HIDE, /* Pause or F12: hide screen */
	UI_KEY_HELP, /* F1 */
	UI_KEY_WORD_LEFT,
	UI_KEY_WORD_RIGHT,
	UI_KEY_UNDO,
	UI_KEY_SELECT_ALL,
	UI_KEY_KEEP,    /* Ctrl+Enter: keeps what was typed */
	UI_KEY_MINUTES, /* F2: the minute taker's pad */
	UI_KEY_PHRASES, /* F3 */
	UI_KEY_PICK_1,  /* Alt+1 to Alt+9: the first of what can be picked, and so on */
	UI_KEY_PICK_9 = UI_KEY_PICK_1 + 8,
	UI_KEY_COUNT
};
struct ui_event {
	enum ui_event_kind kind;
	int64_t finger; /* id of the finger; the first one down owns the gesture */
	int x, y;       /* px on the panel */
	int wheel;      /* UI_WHEEL: px the list under (x, y) moves down; a mouse on a desk */
	enum ui_key key;
	char text[64]; /* UI_TEXT: UTF-8 typed on a hardware keyboard */
};
void ui_input(struct ui *ui, const struct ui_event *e);

/* ---- the frame ----------------------------------------------------------------------------- */

typedef void ui_build_fn(void *ctx, struct ui *ui);
/*
 * One turn: builds with what was activated, again (at most three times) while ui_again() was
 * called, then hashes and paints what changed. Returns true when pixels changed; ui_damage tells
 * which.
 */
bool ui_turn(struct ui *ui, ui_build_fn *build, void *ctx);
/* State changed in this build: build once more before painting. */
void ui_again(struct ui *ui);
/* Anything pending (input not yet taken, animation due)? Milliseconds until the next frame is
 * wanted, -1 = none. */
int ui_wait_ms(const struct ui *ui);
/* Ask for a frame `ms` from now (clock, timers); the smallest wins. */
void ui_wake_in(struct ui *ui, int ms);
const struct gfx_rect *ui_damage(const struct ui *ui, size_t *ret_n);
/* The pixels: 32-bit XRGB, w*h, pitch in bytes; valid until the next ui_turn or ui_resize. */
const void *ui_pixels(const struct ui *ui, int *ret_pitch);

/* ---- plain drawing ------------------------------------------------------------------------- */

void ui_fill(struct ui *ui, struct gfx_rect r, enum gfx_colour c);
void ui_round(struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour c);
/* Rounded fill with an outline drawn inside r. */
void ui_box(struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour fill, int stroke,
        enum gfx_colour edge);
/* An area told apart by its fill alone; high contrast has no soft fills and draws its edge instead.
 */
void ui_area(
        struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour fill, enum gfx_colour edge);
void ui_dashed(struct ui *ui, struct gfx_rect r, int radius, enum gfx_colour edge);
void ui_hatch(struct ui *ui, struct gfx_rect r,
        int spacing); /* held + hatch colours: "something is here" */
/* The same as a control or panel: corners cut, outline drawn. Put words on a plain patch:
 * ui_held(). */
void ui_hatch_box(struct ui *ui, struct gfx_rect r, int radius, int spacing);
/* "Held back" as a box: hatch, lock, bold title, the rest in text2, on a plain patch. A node is
 * yours to add. */
void ui_held(struct ui *ui, struct gfx_rect r, const char *title, const char *rest);
void ui_ring(struct ui *ui, struct gfx_rect r, int radius, int stroke,
        enum gfx_colour edge);                      /* outline only */
void ui_hairline(struct ui *ui, struct gfx_rect r); /* 1 px rule, hair */
void ui_icon(struct ui *ui, struct gfx_rect r, const char *icon, int size,
        enum gfx_colour c); /* centred in r */
void ui_disc(struct ui *ui, int cx, int cy, int radius, enum gfx_colour c);
void ui_polyline(struct ui *ui, const int *xy, int n_points, int width, enum gfx_colour c);
void ui_polygon(struct ui *ui, const int *xy, int n_points, enum gfx_colour c);

/* One line of text, vertically centred in r, cut to r (a cut is an invariant failure unless
 * `ui_elide` was used). */
enum ui_align { UI_LEFT, UI_CENTRE, UI_RIGHT };
int ui_label(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c, enum ui_align a,
        const char *text);
/* The same, with an ellipsis when too long: never for a name, reference, date or instruction. */
int ui_elide(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c, enum ui_align a,
        const char *text);
/* Wrapped text from the top of r; \n starts a paragraph line. Returns the height used. `max_lines`
 * 0 = no limit. */
int ui_wrap(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c, const char *text,
        int max_lines);
int ui_text_w(struct ui *ui, enum gfx_type t, const char *text);
int ui_line_h(const struct ui *ui, enum gfx_type t);
int ui_wrap_h(struct ui *ui, int w, enum gfx_type t, const char *text, int max_lines);

/* ---- nodes and ids ------------------------------------------------------------------------- */

void ui_push_id(struct ui *ui, int64_t id); /* rows: the database id */
void ui_pop_id(struct ui *ui);

enum ui_role {
	UI_ROLE_TEXT,
	UI_ROLE_BUTTON,
	UI_ROLE_ROW,
	UI_ROLE_FIELD,
	UI_ROLE_CHOICE,
	UI_ROLE_TAB,
	UI_ROLE_HEADING,
	UI_ROLE_PANEL,
	UI_ROLE_LIST,
	UI_ROLE_KEY,
	UI_ROLE_STATUS,
	UI_ROLE_COUNT
};
enum ui_flag {
	UI_OFF = 1,
	UI_CHOSEN_FLAG = 2,
	UI_INVALID = 4,
	UI_SECRET = 8,
	UI_COMPOSITE = 16, /* a cell of one control */
	UI_DRAGGED = 32    /* a movement that begins on it drags it and never scrolls its list */
};

/*
 * The touchable thing under every control: true in the build in which it was activated (tap
 * released inside, or Enter / Space with focus). Draw it yourself with ui_pressed / ui_focused
 * (focus rings are drawn by the toolkit).
 */
bool ui_hit(struct ui *ui, struct gfx_rect r, enum ui_role role, const char *label, unsigned flags);
bool ui_pressed(const struct ui *ui); /* of the last ui_hit */
bool ui_focused(const struct ui *ui);
/* A hardware key that no control took, in this build: Hide, Escape, Enter without focus. */
bool ui_key_hit(const struct ui *ui, enum ui_key key);
/* A node that cannot be touched: panels, headings and states for the tree. */
void ui_note(
        struct ui *ui, struct gfx_rect r, enum ui_role role, const char *label, const char *value);
/* Everything built so far can no longer be seen, touched or dumped (a sheet lies over it). */
void ui_cover_all(struct ui *ui);

/* ---- controls ------------------------------------------------------------------------------ */

enum ui_kind {
	UI_NORMAL,
	UI_PRIMARY,
	UI_CHOSEN, /* soft fill, accent outline */
	UI_DESTRUCTIVE,
	UI_ASKED,   /* the one act a soft area asks for */
	UI_ON_DARK, /* outlined, on a rail-coloured panel */
	UI_ON_DARK_PRIMARY,
	UI_ON_INK, /* in the undo bar */
	UI_LINK,   /* words in accent, no outline; still a full target */
	UI_BARE,   /* the same in text: the back chevron of a header */
};
/* Icon (or NULL) before the word; "forward" stands after it. `off` = disabled. */
bool ui_button(struct ui *ui, struct gfx_rect r, enum ui_kind k, const char *icon,
        const char *label, bool off);
int ui_button_w(struct ui *ui, const char *icon, const char *label, bool primary);
/* Icon only; `name` is its word for the tree. */
bool ui_square(struct ui *ui, struct gfx_rect r, enum ui_kind k, const char *icon, const char *name,
        bool off);
/*
 * Must be held for a second; the line grows; letting go early undoes it. True once, when the second
 * is full. By keyboard: Enter, held down.
 */
bool ui_hold(struct ui *ui, struct gfx_rect r, const char *icon, const char *label, bool off);
/* One of n answers in one outline. `*chosen` -1 = none. True when changed. `brown` = index of
 * "Don't know", or -1. */
bool ui_segment(struct ui *ui, struct gfx_rect r, const char *name, const char *const *labels,
        int n, int *chosen, int brown);
bool ui_tabs(struct ui *ui, struct gfx_rect r, const char *const *labels, int n, int *chosen);
/* A value that opens a chooser: "Purpose / Prevent crime and disorder" with a down chevron. */
bool ui_value(struct ui *ui, struct gfx_rect r, const char *label, const char *value, bool chosen);
/* The same with the label in caption above it and an outline round the value. r holds both. */
bool ui_labelled_value(
        struct ui *ui, struct gfx_rect r, const char *label, const char *value, bool chosen);
bool ui_check_box(struct ui *ui, struct gfx_rect r, const char *label, bool *on);

struct gfx_rect ui_panel(struct ui *ui, struct gfx_rect r); /* draws; returns the inside */
/* Cuts a head (52 px) off the inside of a panel: icon, bold title, count at the right. */
void ui_panel_head(struct ui *ui, struct gfx_rect *inside, const char *icon, const char *title,
        const char *count);
/* A row to touch: icon tile or NULL, bold title, second line or NULL, chevron. */
bool ui_row(struct ui *ui, struct gfx_rect r, const char *icon, const char *title,
        const char *second, bool opens, bool chosen);
/* The same with `room` px left free before the chevron, for a tag drawn over the row. A title too
 * long for one line is set smaller, in two. */
bool ui_row_room(struct ui *ui, struct gfx_rect r, const char *icon, const char *title,
        const char *second, bool opens, bool chosen, int room);
/*
 * What a row is dragged by, at the right of it and as high as it. *ret_dy = how far the finger has
 * moved since, in px of the list, while it is dragged and in the build in which it is dropped; else
 * 0. Touched without moving, or by Enter, it asks for a way without dragging.
 */
enum ui_grip { UI_GRIP_REST, UI_GRIP_HELD, UI_GRIP_DROPPED, UI_GRIP_TOUCHED };
enum ui_grip ui_grip(struct ui *ui, struct gfx_rect r, const char *name, int *ret_dy);
void ui_empty(struct ui *ui, struct gfx_rect r, const char *icon, const char *title,
        const char *sentence);

enum ui_tag { UI_TAG_PLAIN, UI_TAG_LATE, UI_TAG_WARN, UI_TAG_DONE, UI_TAG_EDGE };
int ui_tag(struct ui *ui, int x, int y, enum ui_tag t, const char *icon,
        const char *text); /* returns the width */
int ui_tag_w(struct ui *ui, const char *icon, const char *text);
enum ui_risk {
	UI_RISK_NONE = -1,
	UI_RISK_STANDARD,
	UI_RISK_MEDIUM,
	UI_RISK_HIGH,
	UI_RISK_VERY_HIGH
};
int ui_risk_badge(
        struct ui *ui, int x, int y, enum ui_risk band, bool header); /* returns the width */
int ui_risk_badge_w(struct ui *ui, enum ui_risk band, bool header);
void ui_tile(struct ui *ui, struct gfx_rect r, const char *icon, const char *code,
        bool accent); /* icon or three letters */
void ui_timer(struct ui *ui, struct gfx_rect r, int elapsed_s, int planned_s);
void ui_bar(struct ui *ui, struct gfx_rect r, int done, int total,
        enum gfx_colour c); /* a track with rounded ends */
/* Ink bar with what was done, seconds left and Undo; true when Undo was touched. */
bool ui_undo_bar(struct ui *ui, struct gfx_rect r, const char *text, int left_ms, int total_ms);

/* A list that pages and scrolls. State is kept by the screen; zeroed = top. */
struct ui_scroll {
	int offset;        /* px from the top */
	int velocity_px_s; /* after a throw */
};
struct ui_list {
	struct gfx_rect view; /* rows; the pager column is cut off when needed */
	size_t n, next;
	int y, row_h;
	const int *heights;
	struct ui_scroll *scroll;
	size_t first_seen, last_seen; /* whole rows in view */
	int first_y;
	struct gfx_rect pager; /* w = 0: no page buttons */
	const char *name;
};
/*
 * `heights` NULL: all rows `row_h` high. Rows outside the view are skipped. When r does not lie in
 * a panel, the list draws its own round the rows (on the small layout: a plain panel fill). When
 * not all fit: page buttons, bar and "1-8 of 11" stand at the right, outside that panel or inside
 * the panel the list lies in; on the small layout rows only, page buttons come from
 * ui_list_pages().
 */
void ui_list_begin(struct ui *ui, struct ui_list *l, struct gfx_rect r, const char *name,
        struct ui_scroll *s, size_t n, int row_h, const int *heights);
bool ui_list_next(struct ui *ui, struct ui_list *l, size_t *ret_i, struct gfx_rect *ret_row);
void ui_list_end(struct ui *ui, struct ui_list *l);
/*
 * Page buttons for a list that has none of its own (the small layout): after ui_list_begin of the
 * same name and ids.
 */
void ui_list_pages(struct ui *ui, struct gfx_rect up, struct gfx_rect down, const char *name);
/* "1–8 of 11" of the rows wholly seen, written into out; "" when there are none. */
char *ui_list_range(const struct ui_list *l, char out[40]);

/* A month to choose a day from (Monday first). `*month_shown`: any day of it; `*day` in days since
 * 1970, DAY_NONE = none. `off(ctx, day)` true = dimmed, still choosable. On the small layout, where
 * a month is too high for fingers: the weeks that fit, from the week of *month_shown. */
typedef bool ui_day_fn(void *ctx, int32_t day);
bool ui_calendar(struct ui *ui, struct gfx_rect r, int32_t *month_shown, int32_t *day,
        int32_t marked_day, ui_day_fn *off, void *ctx);

/* ---- text entry ---------------------------------------------------------------------------- */

/* Edits memory of the caller (guarded memory for secrets), so that no copy is left behind. */
struct ui_edit {
	char *text; /* zero-terminated UTF-8 */
	size_t len, cap;
	size_t caret, anchor; /* byte offsets; a selection when they differ */
	uint64_t changes;     /* counts edits; for drafts */
	int scroll;
};
void ui_edit_init(struct ui_edit *e, char *mem, size_t cap); /* cap includes the zero */
void ui_edit_set(struct ui_edit *e, const char *text);       /* caret to the end */

enum ui_field_flag {
	UI_FIELD_LINES = 1,
	UI_FIELD_SECRET = 2,
	UI_FIELD_DIGITS = 4,   /* the pad of figures comes up; other keys still type into it */
	UI_FIELD_SHOW = 8,     /* secret shown while held */
	UI_FIELD_ONE_WORD = 16 /* a secret whose words are not counted */
};
/*
 * A field; `name` is its word in the tree and above the keyboard, `example` stands inside while
 * empty. Returns true in the build in which the text changed. A sentence in `error` draws the
 * invalid state (the sentence itself is the screen's).
 */
bool ui_field(struct ui *ui, struct gfx_rect r, const char *name, struct ui_edit *e, unsigned flags,
        const char *example, bool invalid);
/* Label above, error sentence above when not NULL, the field below, all inside r. */
bool ui_labelled_field(struct ui *ui, struct gfx_rect r, const char *name, struct ui_edit *e,
        unsigned flags, const char *example, const char *error);
/* Enter, or the keyboard's last key, was touched in this field in this build. */
bool ui_submitted(const struct ui *ui, const struct ui_edit *e);
void ui_focus(struct ui *ui, struct ui_edit *e); /* NULL takes focus away and the keyboard down */
struct ui_edit *ui_focused_edit(const struct ui *ui);

/*
 * Two people at one panel: what the hardware keyboard types goes into `e` from now on, whatever
 * field is touched and whatever the on-screen keyboard types into it, also in a build that does not
 * show `e`. The text is changed as the key comes, so its memory must last until ui_keys_to(ui,
 * NULL, 0) or ui_wipe(). Keys that change no text come out of ui_key_hit(); Page up and Page down
 * do nothing. A touch in e's field sets its caret, and takes focus only when no other field has it.
 */
void ui_keys_to(struct ui *ui, struct ui_edit *e, unsigned flags);
/* Puts text in at the caret of `e`, as if typed there (flags as of its field). */
void ui_edit_type(struct ui *ui, struct ui_edit *e, const char *text, unsigned flags);

/*
 * The on-screen keyboard. Up while a field has focus and no hardware key was the last input of it.
 * `ui_keyboard_h` is the height it takes at the bottom (0 when down): a screen lays out above it.
 * ui_keyboard() draws it, last, in the rectangle from x to the right edge; `action` names its last
 * key ("Keep", "Next field", "Open").
 */
int ui_keyboard_h(const struct ui *ui);
void ui_keyboard(struct ui *ui, int x, const char *action);
/* For screens that have no layout of their own above the keyboard: covers `r` and shows the focused
 * field alone, large. What lies inside `r` can then not be touched; rail and Hide outside it can.
 * Call it after the fields and before ui_keyboard(). */
void ui_field_sheet(struct ui *ui, struct gfx_rect r);

/* ---- tests --------------------------------------------------------------------------------- */

/* One line a node, "role \"label\" value flags", two spaces a level; secrets as dots. The semantic
 * golden. */
void ui_dump(const struct ui *ui, struct buf *out);
/* The picture as PNG (stored deflate, deterministic). */
void ui_shot(const struct ui *ui, struct buf *out);
/* Broken invariants of the last frame, one line each: target size and gap, inside the panel, unique
 * names, text cut, contrast. Returns how many. */
size_t ui_check(const struct ui *ui, struct buf *out);
/* With ui_config.checks: how many invariants were broken in all frames so far. */
uint64_t ui_check_failures(const struct ui *ui);
/* The first of them, as ui_check() says it; "" when none. */
const char *ui_check_first(const struct ui *ui);
/* Centre of the first enabled node whose label is `label` (exactly; else a unique one that begins
 * with it). */
bool ui_find(const struct ui *ui, const char *label, int *ret_x, int *ret_y);
/* True when some text, label or value that can be seen contains `text`. */
bool ui_shows(const struct ui *ui, const char *text);

/*
 * Scripts: one command a line, # comments. tap "Label" [n] · hold "Label" · down "Label" and up
 * (the finger stays between) · drag x1 y1 x2 y2 · type "text" · press "text" (by the on-screen
 * keys) · key Tab · wait MS · check · expect "text" · absent "text" · dump FILE · places FILE ·
 * shot FILE · size WxH · theme NAME [large] · date YYYY-MM-DD HH:MM · anything else goes to
 * host->command. Stops at the first failure with line and reason in `why`.
 */
struct ui_script_host {
	void *ctx;
	void (*turn)(void *ctx); /* one or more frames until nothing is pending */
	enum err (*resize)(void *ctx, int w, int h);
	enum err (*command)(
	        void *ctx, int argc, char **argv, struct why *why); /* commands of the host's own */
	void (*pause)(void *ctx, int ms); /* pace for a person watching; may be NULL */
	const char *out_dir;              /* where dump and shot write */
};
enum err ui_script_run(struct ui *ui, const char *path, const struct ui_script_host *h,
        struct why *why) MUST_CHECK;

#endif
