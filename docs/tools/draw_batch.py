"""The walk of a batch, from fit to the update."""

from svg import GREY, Canvas

DATA, WORK, UPDATE, LANE = "#fff7e0", "#dbe9f8", "#e3f0e1", "#f7f9fb"


def box(c, x, y, width, title, lines, fill):
    height = 34 + 15 * len(lines)
    c.rect(x, y, width, height, fill, GREY)
    c.text(x + width / 2, y + 21, title, 13, "middle", bold=True)
    c.lines(x + width / 2, y + 39, lines)
    return y + height


def thread(c, x, y, width, name):
    c.rect(x, y, width, 318, LANE, GREY, dashed=True)
    c.text(x + 14, y + 22, name, 12, fill=GREY, bold=True)
    middle = x + width / 2
    inner, left = width - 120, x + 82
    bottom = box(c, left, y + 34, inner, "a row group", ["few enough to stay in the cache"], DATA)
    c.line([(left + inner / 2, bottom), (left + inner / 2, bottom + 16)], arrow=True)
    top = bottom + 16
    bottom = box(c, left, top, inner, "forward", ["embedding → lstm → dense", "keeps what backward reads"], WORK)
    c.line([(left + inner / 2, bottom), (left + inner / 2, bottom + 16)], arrow=True)
    bottom = box(c, left, bottom + 16, inner, "loss", ["and its gradient, row by row"], WORK)
    c.line([(left + inner / 2, bottom), (left + inner / 2, bottom + 16)], arrow=True)
    last = bottom + 16
    bottom = box(c, left, last, inner, "backward", ["dense → lstm → embedding", "adds to the thread's gradients"], WORK)
    c.line([(left, last + 30), (x + 32, last + 30), (x + 32, y + 58), (left, y + 58)], arrow=True)
    c.text(x + 38, y + 180, "next", 11, fill=GREY)
    c.text(x + 38, y + 194, "row", 11, fill=GREY)
    c.text(x + 38, y + 208, "group", 11, fill=GREY)
    return middle


def draw():
    c = Canvas(880, 792, "The walk of a batch")
    c.text(24, 30, "The walk of a batch", 17, bold=True)
    c.text(24, 50, "From fit() to the update. Threads do not wait for each other between layers.", 12, fill=GREY)
    middle = 440
    bottom = box(c, middle - 170, 66, 340, "fit() takes the next batch", ["128 samples of the shuffled epoch"], DATA)
    lanes = [(40, "thread 1: its 64 rows"), (460, "thread 2: its 64 rows")]
    for x, name in lanes:
        c.curve((middle, bottom), (x + 190, 150))
        thread(c, x, 150, 380, name)
    for x, _ in lanes:
        c.curve((x + 190, 468), (middle, 502))
    y = box(c, middle - 210, 502, 420, "the threads' gradients are summed", ["each thread its part of the parameters, always in the same order"],
            UPDATE)
    for title, lines in (("regularizers, clipping", ["where there are any; gradients that are not finite stop the training"]),
                         ("optimizer", ["new parameters; of embeddings the rows that the batch names"])):
        c.line([(middle, y), (middle, y + 20)], arrow=True)
        y = box(c, middle - 210, y + 20, 420, title, lines, UPDATE)
    c.line([(middle, y), (middle, y + 20)], arrow=True)
    y = box(c, middle - 210, y + 20, 420, "constraints", ["max_norm, where there are any"], UPDATE)
    c.line([(middle + 210, y - 24), (864, y - 24), (864, 90), (middle + 170, 90)], arrow=True)
    c.text(858, 84, "next batch", 11, "end", GREY)
    return c.svg()
