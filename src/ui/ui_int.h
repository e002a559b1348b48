#ifndef CASEROOM_UI_INT_H
#define CASEROOM_UI_INT_H
/* Inside of ui: the node list, the gesture, the field being edited. Only src/ui and its tests
 * include this. */
#include "caseroom/time.h"
#include "caseroom/ui.h"

#define QUEUE_MAX 256
#define OPS_MAX 64
#define ID_DEPTH 16
#define SCROLLERS 16
#define PANELS 32
#define UNDO_BYTES 16384

/* Something on the screen: touchable (hit), told about (note) or a line of text. */
struct node {
	uint64_t id, scope;      /* scope: the pushed ids alone */
	struct gfx_rect r, seen; /* seen: what the clip leaves */
	uint32_t label, value;   /* offsets into ui->str; 0 = none */
	uint32_t cmd;            /* commands drawn before it: what lies beneath */
	unsigned flags;
	struct ui_edit *edit; /* a field; never followed outside ui_field */
	int16_t scroller;
	uint8_t role, colour;
	bool hit, hold, text, inner, cut, lines, group;
};

struct scroller {
	uint64_t id;
	struct gfx_rect r;
	int offset, content, page;
	bool moving, field;
};

struct queued {
	struct ui_event e;
	int64_t ms;
};

/* One finger from down to up. */
struct gesture {
	bool active, armed, inside, scrolling, eaten, hold;
	bool drags; /* its node is dragged by movement */
	bool fired; /* a hold or a repeat has acted: the release does nothing */
	int64_t finger;
	uint64_t node, scroll;
	unsigned role;
	int x0, y0, x, y;
	int64_t down_ms, repeat_ms;
	struct {
		int64_t ms;
		int y;
	} sample[16];
	int n_sample;
};

struct op {
	enum { OP_TEXT, OP_KEY, OP_SUBMIT } kind;
	enum ui_key key;
	char text[64];
};

/* What undo needs of the field with focus: never of a secret one. */
struct undo {
	struct ui_edit *edit;
	uint64_t changes; /* the field's count when this was last true */
	size_t used;
	char bytes[UNDO_BYTES];
};

struct ui {
	struct gfx *g;
	struct ui_config config;
	struct ui_metrics m;
	int key_h, key_gap, kb_h;
	int scale21; /* rem */

	struct node *node;
	size_t n_node, cap_node;
	char *str; /* labels and values of this frame; wiped with it */
	size_t n_str, cap_str;
	uint64_t id_stack[ID_DEPTH];
	int n_id;
	struct scroller scroller[SCROLLERS];
	size_t n_scroller;
	struct {
		struct gfx_rect r;
		int radius;
	} panel[PANELS];
	size_t n_panel;
	int16_t in_scroller; /* the list being built, or -1 */

	struct queued queue[QUEUE_MAX];
	size_t q_first, q_n;
	struct gesture gest;
	uint64_t activated, hold_key;
	uint64_t dropped; /* dragged, and let go in this build */
	int drop_dy;
	int64_t hold_key_ms, hold_key_last_ms;
	enum ui_key key; /* not taken by the toolkit, for the screen */
	int tap_x, tap_y;
	size_t last_hit; /* node of the last ui_hit */

	struct {
		uint64_t id;
		int dy, throw_v;
		bool stop, thrown;
		int age; /* builds it has waited for its list */
	} scroll_req;
	int64_t frame_ms, before_ms;
	int dt_ms;
	int scroll_frac;
	int64_t scroll_v;
	int refocus; /* move the focus once more after this build */

	struct ui_edit *focus;
	uint64_t focus_id;
	unsigned focus_flags;
	uint32_t focus_name;
	int focus_unseen;
	bool keyboard_nav,
	        hardware; /* last input was a key: show the ring, hide the on-screen keyboard */
	struct {
		struct ui_edit *edit; /* NULL: hardware keys go to the focus */
		uint64_t id;          /* its node, in a build that showed it */
		unsigned flags;
		int text_w;
		uint64_t changes; /* as last told to its field */
		bool moved;
	} keys;
	struct op op[OPS_MAX];
	size_t n_op, op_before;
	bool op_taken;
	struct ui_edit *submitted;
	struct undo undo[2]; /* of the field with focus, of the one the hardware keys go to */
	struct {
		int shift; /* 0, 1 = once, 2 = until touched */
		bool symbols, spaced;
		int marks; /* 1 + the letter whose marked forms stand in the top line */
		int64_t shift_ms;
	} osk;

	int64_t wake_ms; /* INT64_MAX = none */
	bool again, building;
	uint32_t no_icon; /* a name that no icon has, in this frame */
	uint64_t check_failures;
	char check_first[200]; /* what was broken first, for who mends it */
};

/* Text as the controls draw it; `inner` lines are part of a control and not told twice in the tree.
 */
int ui_text_draw(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c,
        enum ui_align a, const char *s, bool elide, bool inner);
int ui_wrap_draw(struct ui *ui, struct gfx_rect r, enum gfx_type t, enum gfx_colour c,
        enum ui_align a, const char *s, int max_lines, bool inner);
uint32_t ui_str_room(struct ui *ui, size_t len);
uint32_t ui_str_add(struct ui *ui, const char *s, size_t len);
static inline const char *ui_str_at(const struct ui *ui, uint32_t at)
{
	return ui->str + at;
}
struct node *ui_node_add(struct ui *ui, struct gfx_rect r, enum ui_role role, const char *label);
uint64_t ui_id_of(const struct ui *ui, enum ui_role role, const char *label);
const struct node *ui_node_find(const struct ui *ui, uint64_t id);
bool ui_contains(struct gfx_rect r, int x, int y);
int ui_stroke2(
        const struct ui *ui); /* outline of a control in half px: 1 px, in high contrast 2 px */
int ui_mm(const struct ui *ui, int mm_x10);

/* gesture.c */
void ui_take_events(struct ui *ui);
void ui_focus_move(struct ui *ui, int step);
void ui_gesture_drop(struct ui *ui);

/* list.c */
void ui_scroll_step(struct ui *ui, struct scroller *rec, struct ui_scroll *s, int content);
void ui_scroll_ask(struct ui *ui, uint64_t id, int dy);
struct scroller *ui_scroller_add(struct ui *ui, uint64_t id, struct gfx_rect r);

/* edit.c */
bool ui_edit_insert(struct ui *ui, struct ui_edit *e, const char *s, size_t n, unsigned flags);
bool ui_edit_key(struct ui *ui, struct ui_edit *e, enum ui_key k, unsigned flags, int text_w);
void ui_undo_clear(struct ui *ui); /* of the field with focus */
void ui_undo_wipe(struct ui *ui);  /* of both */

/* dump.c */
bool ui_find_nth(const struct ui *ui, const char *label, int nth, int *ret_x, int *ret_y);
/* "X Y "NAME"" for the middle of everything that can be touched: where a test puts a real pointer.
 */
void ui_places(const struct ui *ui, struct buf *out);

/* field.c */
void ui_op_push(struct ui *ui, const struct op *op);

#endif
