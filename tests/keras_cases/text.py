"""Text: Tokenizer, imdb.load_data and pad_sequences as Keras answers them."""

import pathlib
import tempfile

import keras
import numpy as np
from keras.src.datasets import imdb
from keras.src.legacy.preprocessing.text import Tokenizer

REVIEWS = [
    "The film, the FILM and nothing but the film!",
    "I don't know; it's half-good (at best).<br /><br />Half-bad at worst...",
    "And\tthen\nnothing: 10/10 for the cat, 0/10 for the_plot.",
    "",
    "  ...  ",
]
UNSEEN = ["The cat and the dog don't film", "unseen words only", "", "nothing NOTHING Nothing"]
TIES = ["delta alpha charlie", "bravo alpha echo", "echo bravo foxtrot"]
WIDE = [
    "«Où est l'Été?» — ÉTÉ… où, où!",
    "Привет, МИР! мир",
    "ΑΘΗΝΑ Αθήνα ή αθηνα",
    "日本語 テキスト",
    "Ünïcödé ünïcödé 😀 😀!",
]


def capitals():
    """Every capital that Python maps to one small letter in the alphabets that Timeloom knows."""
    ranges = [(0xC0, 0x17F), (0x386, 0x3CE), (0x400, 0x52F)]
    letters = [chr(c) for first, last in ranges for c in range(first, last + 1)]
    return [c for c in letters if c != c.lower() and len(c.lower()) == 1]


def tokenizer_cases():
    """(name, options, calls of fit_on_texts, texts)"""
    default_filters = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
    return [
        ("defaults", {}, [REVIEWS], REVIEWS + UNSEEN),
        ("ties", {}, [TIES], TIES),
        ("ties_num_words", {"num_words": 4}, [TIES], TIES),
        ("num_words", {"num_words": 5}, [REVIEWS], REVIEWS + UNSEEN),
        ("num_words_1", {"num_words": 1}, [REVIEWS], REVIEWS),
        ("oov", {"oov_token": "<OOV>"}, [REVIEWS], REVIEWS + UNSEEN),
        ("oov_num_words", {"oov_token": "<OOV>", "num_words": 5}, [REVIEWS], REVIEWS + UNSEEN),
        ("oov_num_words_1", {"oov_token": "<OOV>", "num_words": 1}, [REVIEWS], UNSEEN),
        ("oov_is_a_word", {"oov_token": "film"}, [REVIEWS], REVIEWS + UNSEEN),
        ("oov_is_a_rare_word", {"oov_token": "cat", "num_words": 5}, [REVIEWS], REVIEWS + UNSEEN),
        ("oov_in_texts_only", {"oov_token": "dog"}, [REVIEWS], UNSEEN),
        ("keep_case", {"lower": False}, [REVIEWS], REVIEWS + UNSEEN),
        ("no_filters", {"filters": ""}, [REVIEWS], REVIEWS + UNSEEN),
        ("filter_letters", {"filters": "aT "}, [REVIEWS], REVIEWS + UNSEEN),
        ("filter_capitals_keep_case", {"filters": "aT", "lower": False}, [REVIEWS], REVIEWS + UNSEEN),
        ("split_comma", {"split": ",", "filters": ";"}, [["a b,c;d", ",,a b,,E"]], ["e,d;;a b", "x,"]),
        ("split_long", {"split": "aba", "filters": ",;"}, [["xabay,bz;ab,", "ababa,"]], ["y,x", "ab,ab,"]),
        ("split_newline", {"split": "\n"}, [["one two\nthree, four"]], ["one two", "three\n four"]),
        ("carriage_return_stays", {}, [["one\r\ntwo one\r"]], ["one two"]),
        ("wide", {}, [WIDE], WIDE),
        ("wide_filters", {"filters": default_filters + "«»…—é😀"}, [WIDE], WIDE),
        ("wide_split", {"split": "—"}, [["un—deux—un", "Deux,trois"]], ["trois—un"]),
        ("capitals", {}, [[" ".join(capitals())]], [" ".join(c.lower() for c in capitals())]),
        ("char_level", {"char_level": True}, [REVIEWS], UNSEEN),
        ("char_level_wide", {"char_level": True, "oov_token": "?"}, [WIDE], WIDE + ["ж ÿ ?"]),
        (
            "char_level_num_words",
            {"char_level": True, "num_words": 6, "oov_token": "OOV"},
            [TIES],
            TIES + UNSEEN,
        ),
        ("char_level_keep_case", {"char_level": True, "lower": False}, [["AaB\n b", "Éé"]], ["bBaA é"]),
        ("two_fits", {}, [TIES, ["foxtrot golf foxtrot", "golf foxtrot"]], TIES + UNSEEN),
        ("nothing_fitted", {}, [[]], UNSEEN),
    ]


def run_tokenizer(name, options, fits, texts):
    tokenizer = Tokenizer(**options)
    for fit in fits:
        tokenizer.fit_on_texts(fit)
    return {
        "name": name,
        "options": options,
        "fit_texts": fits,
        "document_count": tokenizer.document_count,
        "word_counts": [list(pair) for pair in tokenizer.word_counts.items()],
        "word_index": [list(pair) for pair in tokenizer.word_index.items()],
        "index_word": [list(pair) for pair in tokenizer.index_word.items()],
        "texts": texts,
        "sequences": tokenizer.texts_to_sequences(texts),
    }


def run_load_data(folder, name, num_words, reserved):
    """Gives load_data a tiny corpus instead of the real one, and undoes its shuffle by the labels."""
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(REVIEWS)
    ranks = np.empty(len(REVIEWS), dtype=object)
    ranks[:] = tokenizer.texts_to_sequences(REVIEWS)
    rows = np.arange(len(REVIEWS))
    path = folder / "imdb.npz"
    np.savez(path, x_train=ranks, y_train=rows, x_test=ranks, y_test=rows)
    download, imdb.get_file = imdb.get_file, lambda **_: str(path)
    try:
        (sequences, order), _ = keras.datasets.imdb.load_data(num_words=num_words, **reserved)
    finally:
        imdb.get_file = download
    # Without num_words, load_data drops the largest index; so "every word" is a large num_words here.
    by_row = {int(row): [int(i) for i in sequence] for row, sequence in zip(order, sequences)}
    return {
        "name": name,
        "num_words": num_words,
        "reserved_indices": reserved,
        "texts": REVIEWS,
        "sequences": [by_row[row] for row in range(len(REVIEWS))],
    }


def load_data_cases(folder):
    usual = {"start_char": 1, "oov_char": 2, "index_from": 3}
    cases = [
        ("every_word", 1000, usual),
        ("num_words", 8, usual),
        ("num_words_first_word_out", 4, usual),
        ("no_start_char", 8, usual | {"start_char": None}),
        ("no_oov_char", 8, usual | {"oov_char": None}),
        ("no_shift", 8, {"start_char": None, "oov_char": None, "index_from": 0}),
        ("larger_shift", 15, {"start_char": 5, "oov_char": 9, "index_from": 10}),
    ]
    return [run_load_data(folder, *case) for case in cases]


def pad_cases():
    sequences = [[1, 2, 3, 4, 5], [], [6], [7, 8, 9]]
    cases = [{}, {"maxlen": 5}, {"maxlen": 1}, {"value": -1}]
    for padding in ("pre", "post"):
        for truncating in ("pre", "post"):
            cases.append({"maxlen": 3, "padding": padding, "truncating": truncating, "value": 99})
            cases.append({"maxlen": 7, "padding": padding, "truncating": truncating})
    return [run_pad(sequences, options) for options in cases] + [run_pad([[], []], {"maxlen": 2})]


def run_pad(sequences, options):
    matrix = keras.utils.pad_sequences(sequences, **options)
    return {
        "options": options,
        "sequences": sequences,
        "rows": matrix.shape[0],
        "columns": matrix.shape[1],
        "values": matrix.ravel().tolist(),
    }


def values():
    """Cases with their options, inputs and answers; word lists keep Keras's order."""
    with tempfile.TemporaryDirectory() as folder:
        load_data = load_data_cases(pathlib.Path(folder))
    return {
        "tokenizer": [run_tokenizer(*case) for case in tokenizer_cases()],
        "load_data": load_data,
        "pad_sequences": pad_cases(),
    }
