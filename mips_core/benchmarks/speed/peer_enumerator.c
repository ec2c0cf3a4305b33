/* A plain brute-force search for an integer formula: all expressions in postfix notation, shortest first.

   In the manner of the enumerator that came with the first MIPS release (Michaud et al. 2024): lengths in turn, every
   operator and leaf in every place, each finished expression evaluated on a handful of rows.  Unlike it, evaluation
   ends with the first row that differs.  With shared prefixes the values of what is already written are kept, on the
   first row, while the rest varies, so that most expressions cost one operation and a division by zero ends a branch.
   Division and remainder round down, as Python's do. */

#include <stdint.h>

enum { ADD, SUB, MUL, FLOORDIV, MOD, MIN, MAX, EQ, NE, LT, LE, GT, GE, BINARY, ABS = BINARY, NEG, UNARY, WHERE = UNARY, ALL };
#define LEAF 64
#define LONGEST 24

typedef int64_t integer;

typedef struct {
    int leaves, rows, length, shared;
    const integer *values; /* leaves x rows */
    const integer *target;
    int64_t tried;
    int found;
    int tokens[LONGEST];
} search;

/* Wrapping arithmetic is defined on unsigned numbers only. */
static inline integer wrapped(uint64_t value) { return (integer)value; }

static inline integer floor_divided(integer a, integer b) {
    integer quotient = a / b;
    return quotient - ((a % b != 0) && ((a < 0) != (b < 0)));
}

static inline int binary(int operator, integer a, integer b, integer *out) {
    switch (operator) {
    case ADD: *out = wrapped((uint64_t)a + (uint64_t)b); return 1;
    case SUB: *out = wrapped((uint64_t)a - (uint64_t)b); return 1;
    case MUL: *out = wrapped((uint64_t)a * (uint64_t)b); return 1;
    case FLOORDIV:
        if (b == 0 || (b == -1 && a == INT64_MIN)) return 0;
        *out = floor_divided(a, b);
        return 1;
    case MOD:
        if (b == 0 || (b == -1 && a == INT64_MIN)) return 0;
        *out = a - floor_divided(a, b) * b;
        return 1;
    case MIN: *out = a < b ? a : b; return 1;
    case MAX: *out = a > b ? a : b; return 1;
    case EQ: *out = a == b; return 1;
    case NE: *out = a != b; return 1;
    case LT: *out = a < b; return 1;
    case LE: *out = a <= b; return 1;
    case GT: *out = a > b; return 1;
    default: *out = a >= b; return 1;
    }
}

static inline integer unary(int operator, integer a) {
    return operator == ABS && a > 0 ? a : wrapped(0 - (uint64_t)a);
}

/* Whether the finished expression is right on one row. */
static int right_on(const search *s, int row) {
    integer stack[LONGEST];
    int top = 0;
    for (int i = 0; i < s->length; i++) {
        int token = s->tokens[i];
        if (token >= LEAF) {
            stack[top++] = s->values[(int64_t)(token - LEAF) * s->rows + row];
        } else if (token < BINARY) {
            if (!binary(token, stack[top - 2], stack[top - 1], &stack[top - 2])) return 0;
            top--;
        } else if (token < UNARY) {
            stack[top - 1] = unary(token, stack[top - 1]);
        } else {
            top -= 2;
            stack[top - 1] = stack[top - 1] ? stack[top] : stack[top + 1];
        }
    }
    return stack[0] == s->target[row];
}

static int right_everywhere(const search *s) {
    /* A handful of rows from all over the table first: neighbours are often alike. */
    for (int i = s->shared; i < 8; i++)
        if (!right_on(s, (int)((int64_t)i * (s->rows - 1) / 7))) return 0;
    for (int row = 0; row < s->rows; row++)
        if (!right_on(s, row)) return 0;
    return 1;
}

static void extend(search *s, int position, integer *stack, int top);

/* Put a token; its value stands on top of the stack. */
static inline void put(search *s, int position, int token, integer *stack, int top) {
    s->tokens[position] = token;
    if (position + 1 < s->length) {
        extend(s, position + 1, stack, top);
        return;
    }
    s->tried++;
    if (stack[0] == s->target[0] && right_everywhere(s)) s->found = 1;
}

static void fill(search *s, int position, int top);

/* Put a token, of which only the number of values on the stack is known. */
static inline void place(search *s, int position, int token, int top) {
    s->tokens[position] = token;
    if (position + 1 < s->length) {
        fill(s, position + 1, top);
        return;
    }
    s->tried++;
    if (right_everywhere(s)) s->found = 1;
}

/* Without values: every expression is evaluated once it is finished. */
static void fill(search *s, int position, int top) {
    int after = s->length - position - 1;
    if (top <= 2 * after)
        for (int leaf = 0; leaf < s->leaves && !s->found; leaf++) place(s, position, LEAF + leaf, top + 1);
    if (top >= 1 && top - 1 <= 2 * after && !(after == 0 && top > 1))
        for (int operator = ABS; operator < UNARY && !s->found; operator++) place(s, position, operator, top);
    if (top >= 2 && top - 2 <= 2 * after && !(after == 0 && top > 2))
        for (int operator = ADD; operator < BINARY && !s->found; operator++) place(s, position, operator, top - 1);
    if (top >= 3 && top - 3 <= 2 * after && !(after == 0 && top > 3) && !s->found) place(s, position, WHERE, top - 2);
}

static void extend(search *s, int position, integer *stack, int top) {
    int after = s->length - position - 1; /* tokens after this one; each takes two values off the stack at most */
    if (top <= 2 * after) {               /* a leaf is one value more, and the end wants one */
        for (int leaf = 0; leaf < s->leaves; leaf++) {
            stack[top] = s->values[(int64_t)leaf * s->rows];
            put(s, position, LEAF + leaf, stack, top + 1);
            if (s->found) return;
        }
    }
    if (top >= 1 && top - 1 <= 2 * after && !(after == 0 && top > 1)) {
        integer kept = stack[top - 1];
        for (int operator = ABS; operator < UNARY; operator++) {
            stack[top - 1] = unary(operator, kept);
            put(s, position, operator, stack, top);
            if (s->found) return;
        }
        stack[top - 1] = kept;
    }
    if (top >= 2 && top - 2 <= 2 * after && !(after == 0 && top > 2)) {
        integer a = stack[top - 2], b = stack[top - 1];
        for (int operator = ADD; operator < BINARY; operator++) {
            if (!binary(operator, a, b, &stack[top - 2])) continue;
            put(s, position, operator, stack, top - 1);
            if (s->found) return;
        }
        stack[top - 2] = a;
        stack[top - 1] = b;
    }
    if (top >= 3 && top - 3 <= 2 * after && !(after == 0 && top > 3)) {
        integer a = stack[top - 3], b = stack[top - 2], c = stack[top - 1];
        stack[top - 3] = a ? b : c;
        put(s, position, WHERE, stack, top - 2);
        stack[top - 3] = a;
        stack[top - 2] = b;
        stack[top - 1] = c;
    }
}

/* Search up to a length.  Returns the length of the formula in tokens_out, or 0; operators count from 0 in the order
   above, leaves from 64. */
int enumerate_formulas(int leaves, int rows, const integer *values, const integer *target, int longest, int shared,
                       int *tokens_out, int64_t *tried) {
    search s = {.leaves = leaves, .rows = rows, .values = values, .target = target, .shared = shared};
    integer stack[LONGEST + 1];
    for (s.length = 1; s.length <= longest && s.length <= LONGEST && !s.found; s.length++) {
        if (shared)
            extend(&s, 0, stack, 0);
        else
            fill(&s, 0, 0);
        if (s.found) break;
    }
    *tried = s.tried;
    if (!s.found) return 0;
    for (int i = 0; i < s.length; i++) tokens_out[i] = s.tokens[i];
    return s.length;
}
