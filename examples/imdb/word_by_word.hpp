// A forward pass written as a loop over time: two cells read a review word by word.
#pragma once

#include <timeloom/runtime/pass/call.hpp>

namespace imdb {

inline timeloom::CallValue read_word_by_word(timeloom::Call& call) {
    const timeloom::CallValue review = call.layer("embedding", call.input());
    timeloom::CellState first, second;
    timeloom::CallValue read;
    for (int t = 0; t < call.timesteps(review); ++t) {
        const auto [word, first_after] = call.cell("first_cell", call.step(review, t), first);
        const auto [output, second_after] = call.cell("second_cell", word, second);
        first = first_after;
        second = second_after;
        read = output;
    }
    return call.layer("dense", read);
}

} // namespace imdb
