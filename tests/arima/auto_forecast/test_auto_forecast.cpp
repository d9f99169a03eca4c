// The program auto_forecast: files of any size, runs that are killed and go on, and what a terminal shows.
#include "auto_forecast_program.hpp"

#include "timeloom/runtime/files/continued_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <thread>

using Catch::Matchers::Contains;
using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// Series of ragged lengths, some with gaps, constant, empty or too short.
std::string some_series(std::size_t count) {
    Random random(3);
    std::string text = "id,v\n";
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<double> y = walk(random, 30 + i % 11);
        if (i % 9 == 4) {
            y[7] = y[8] = std::nan("");
        }
        if (i % 50 == 11) {
            y.assign(20, 7.0);
        }
        if (i % 50 == 12) {
            y.resize(i % 3);
        }
        text += "\"S " + std::to_string(i) + '"' + text_of(y);
    }
    return text;
}

} // namespace

TEST_CASE("forecasts are the same bytes for any number of threads") {
    const TemporaryFolder folder;
    const fs::path series = folder.write("series.csv", some_series(300));
    const Arguments common{"--csv", series, "--horizon", "5"};
    std::vector<std::vector<std::string>> all;
    for (const char* threads : {"1", "2", "5"}) {
        const fs::path out = folder.path() / (std::string("f") + threads + ".csv");
        run(folder, with(common, {"--out", out, "--threads", threads}));
        all.push_back(written(out));
        CHECK(all.back() == all.front());
    }
    CHECK(std::ranges::count(all[0][0], '\n') == 301);
    CHECK(entries_in(folder.path()) == 3 + 3 * 4); // no journal, nothing unfinished
    CHECK_THAT(read_whole_file(folder.path() / "stdout"), Contains("300 series"));
}

TEST_CASE("a run that is killed goes on where it was, to the same bytes") {
    const TemporaryFolder folder;
    const fs::path series = folder.write("series.csv", some_series(1200));
    const fs::path whole = folder.path() / "whole.csv", pieces = folder.path() / "pieces.csv";
    const Arguments common{"--csv", series, "--horizon", "4", "--journal-every", "0"};
    const auto begin = std::chrono::steady_clock::now();
    run(folder, with(common, {"--out", whole}));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    Random random(11);
    std::size_t kills = 0, gone_on = 0;
    const fs::path journal = pieces.string() + ".journal";
    for (bool done = false; !done; ++kills) {
        REQUIRE(kills < 300);
        gone_on += fs::exists(journal);
        Program program(folder, with(common, {"--out", pieces, "--threads", kills % 2 == 0 ? "2" : "1"}));
        std::this_thread::sleep_for(taken * random.uniform(0.02F, 0.3F));
        const int status = program.kill();
        INFO(program.errors());
        REQUIRE((status == 0 || status == 128 + SIGKILL));
        done = status == 0;
    }
    CHECK(gone_on > 1);
    CHECK(written(pieces) == written(whole));
    CHECK(entries_in(folder.path()) == 3 + 2 * 4);
}

TEST_CASE("a run that was complete but for its last steps ends") {
    const TemporaryFolder folder;
    const fs::path series = folder.write("series.csv", some_series(70));
    const fs::path whole = folder.path() / "whole.csv", out = folder.path() / "out.csv";
    const Arguments common{"--csv", series, "--horizon", "2"};
    run(folder, with(common, {"--out", whole}));
    // As after a kill between the renames: one file is in its place.
    run(folder, with(common, {"--out", out}));
    const std::vector<std::string> texts = written(out);
    std::string bytes;
    for (const std::string& text : texts) {
        bytes += (bytes.empty() ? "" : ",") + std::to_string(text.size());
    }
    for (const char* suffix : {"_lower", "_upper", "_log"}) {
        const std::string name = std::string("out") + suffix + ".csv";
        fs::rename(folder.path() / name, folder.path() / (name + ".unfinished"));
    }
    const std::string tally =
        R"({"series":70,"models":1,"converged":70,"not_converged":0,"constant":0,"failed":0,
        "compared":0,"with_mase":0,"values":0,"within":0,"smape":0,"mase":0,"naive_smape":0,"naive_mase":0})";
    folder.write("out.csv.journal",
                 R"({"progress":{"complete":true,"bytes":[)" + bytes + R"(],"checksum":1,"tally":)" + tally +
                     R"(},"run":{"version":1,"--actual":"","--horizon":2,"--season":1,"--level":0.95,)" +
                     R"("--full":false,"--last":0,"--starts":1,"--order":null}})");
    run(folder, with(common, {"--out", out}));
    CHECK(written(out) == written(whole));
    CHECK_THAT(read_whole_file(folder.path() / "stdout"), Contains("70 of them were done by an earlier run"));
    CHECK(entries_in(folder.path()) == 3 + 2 * 4);
}

TEST_CASE("a journal of another run is refused, and --restart begins anew") {
    const TemporaryFolder folder;
    const std::string text = some_series(400);
    const fs::path series = folder.write("series.csv", text), out = folder.path() / "out.csv";
    const fs::path journal = out.string() + ".journal";
    const Arguments common{"--csv", series, "--out", out, "--journal-every", "0", "--threads", "1"};
    const auto begin_and_kill = [&] {
        for (bool is_left = false; !is_left;) { // unless it was done first
            Program program(folder, with(common, {"--horizon", "3", "--restart"}));
            while (!fs::exists(journal) && program.is_running()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            is_left = program.kill() == 128 + SIGKILL && fs::exists(journal);
        }
    };
    begin_and_kill();
    CHECK_THAT(failure(folder, with(common, {"--horizon", "4"})),
               Contains("unfinished run with another --horizon") && Contains("--restart"));
    CHECK_THAT(failure(folder, with(common, {"--horizon", "3", "--order", "1,1,0"})),
               Contains("another --order"));
    // Other values in what was done; then more series behind it.
    std::string changed = text;
    changed[text.find("50.") + 3] ^= 1;
    folder.write("series.csv", changed);
    CHECK_THAT(failure(folder, with(common, {"--horizon", "3"})), Contains("have changed since"));
    folder.write("series.csv", text + "later" + text_of(std::vector<double>(30, 2.5)));
    run(folder, with(common, {"--horizon", "3"}));
    const std::vector<std::string> gone_on = written(out);
    begin_and_kill();
    run(folder, with(common, {"--horizon", "3", "--restart"}));
    CHECK(written(out) == gone_on);
    CHECK_THAT(gone_on[0], Contains("later,2.5,2.5,2.5\n"));
    folder.write("out.csv.journal", "nonsense");
    CHECK_THAT(failure(folder, with(common, {"--horizon", "3"})), Contains("no journal of auto_forecast"));
}

TEST_CASE("two programs do not write the same forecasts") {
    const TemporaryFolder folder;
    const fs::path series = folder.write("series.csv", some_series(60)), out = folder.path() / "out.csv";
    const Arguments arguments{"--csv", series, "--horizon", "3", "--out", out};
    {
        const detail::ContinuedFile other(out, 0);
        CHECK_THAT(failure(folder, arguments), Contains("another program is writing it"));
    }
    run(folder, arguments);
}

TEST_CASE("memory does not grow with the file") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const TemporaryFolder folder;
    const auto kilobytes = [&](std::size_t count) {
        const fs::path series = folder.path() / "series.csv";
        Random random(1);
        const std::string values = text_of(walk(random, 400));
        { // not in memory, which a child process begins with
            std::ofstream file(series);
            file << "id,v\n";
            for (std::size_t i = 0; i < count; ++i) {
                file << "S" << i << values;
            }
        }
        Program program(folder, {"--csv", series, "--horizon", "2", "--order", "0,1,0", "--out",
                                 folder.path() / "out.csv", "--threads", "2"});
        REQUIRE(program.wait() == 0);
        return program.most_kilobytes();
    };
    const long small = kilobytes(3000), large = kilobytes(12000); // 12 and 48 MB
    CHECK(large < small + 6000);
#endif
}

TEST_CASE("on a terminal there is a line on the progress") {
    const TemporaryFolder folder;
    const fs::path series = folder.write("series.csv", some_series(200));
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE((terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0));
    const int other_end = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
    REQUIRE(other_end >= 0);
    Program program(folder, {"--csv", series, "--horizon", "3", "--out", folder.path() / "out.csv"},
                    other_end);
    CHECK(program.wait() == 0);
    ::fcntl(terminal, F_SETFL, O_NONBLOCK);
    std::string shown;
    std::array<char, 4096> part{};
    for (::ssize_t size = 0; (size = ::read(terminal, part.data(), part.size())) > 0;) {
        shown.append(part.data(), static_cast<std::size_t>(size));
    }
    CHECK_THAT(shown, Contains("64 series, ") && Contains("200 series, 100 % of the file"));
    CHECK(std::ranges::count(shown, '\n') == 1);
    ::close(terminal);
    ::close(other_end);
}
