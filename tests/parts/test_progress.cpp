// The text of a training run's progress, and its silence in a pipe.
#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/model/progress.hpp"

#include <catch2/catch.hpp>

using timeloom::Progress;

namespace {

Progress example(Progress::Kind kind, std::size_t epoch) {
    Progress progress;
    progress.kind = kind;
    progress.epoch = epoch;
    progress.epochs = 10;
    progress.step = 7;
    progress.steps = 120;
    progress.loss = 0.123456;
    progress.metrics = {{"accuracy", 0.75}};
    progress.seconds = 1.5;
    progress.seconds_left = 3661.0;
    return progress;
}

std::string written_to_a_file(bool even_without_terminal) {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "progress.txt";
    std::FILE* const file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    const auto show = timeloom::terminal_progress({file, even_without_terminal, 0.0});
    show(example(Progress::Kind::step, 3));
    show(example(Progress::Kind::epoch_end, 3));
    std::fclose(file);
    return timeloom::read_whole_file(path);
}

} // namespace

TEST_CASE("a step's and an epoch's line") {
    CHECK(timeloom::format_progress(example(Progress::Kind::step, 3)) ==
          "epoch  3/10  step   7/120  loss 0.1235  accuracy 0.75  1.50 s, 1:01:01 left");
    CHECK(timeloom::format_progress(example(Progress::Kind::epoch_end, 10)) ==
          "epoch 10/10  loss 0.1235  accuracy 0.75  1.50 s");
}

TEST_CASE("without a terminal nothing is written, or the epochs if asked") {
    CHECK(written_to_a_file(false).empty());
    CHECK(written_to_a_file(true) == "epoch  3/10  loss 0.1235  accuracy 0.75  1.50 s, 1:01:01 left\n");
}
