// The program auto_forecast: files of any size, regressors, and runs that are killed and go on.
#include "../support/temporary_folder.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/continued_file.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using Catch::Matchers::Contains;
using namespace timeloom;
namespace fs = std::filesystem;

namespace {

using Arguments = std::vector<std::string>;

/// A running auto_forecast, whose stdout and stderr go to files.
class Program {
  public:
    Program(const TemporaryFolder& folder, const Arguments& arguments, int terminal = -1)
        : stderr_path_(folder.path() / "stderr") {
        std::vector<char*> words{const_cast<char*>("auto_forecast")};
        for (const std::string& argument : arguments) {
            words.push_back(const_cast<char*>(argument.c_str()));
        }
        words.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            const int out = ::open((folder.path() / "stdout").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            const int err =
                terminal >= 0 ? terminal : ::open(stderr_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            ::dup2(out, STDOUT_FILENO);
            ::dup2(err, STDERR_FILENO);
            ::execv(AUTO_FORECAST_PROGRAM, words.data());
            ::_exit(127);
        }
    }
    ~Program() {
        if (child_ > 0) {
            kill();
        }
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The exit status, or 128 and the signal.
    int wait() {
        int status = 0;
        ::wait4(child_, &status, 0, &usage_);
        child_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    int kill() {
        ::kill(child_, SIGKILL);
        return wait();
    }
    std::string errors() const { return read_whole_file(stderr_path_); }
    bool is_running() const {
        ::siginfo_t ended{};
        return ::waitid(P_PID, static_cast<::id_t>(child_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               ended.si_pid == 0;
    }
    long most_kilobytes() const { return usage_.ru_maxrss; }

  private:
    fs::path stderr_path_;
    ::pid_t child_ = 0;
    ::rusage usage_{};
};

/// What a run writes to stderr where it must fail.
std::string failure(const TemporaryFolder& folder, const Arguments& arguments) {
    Program program(folder, arguments);
    CHECK(program.wait() == 1);
    return program.errors();
}

void run(const TemporaryFolder& folder, const Arguments& arguments) {
    Program program(folder, arguments);
    INFO(program.errors());
    REQUIRE(program.wait() == 0);
    CHECK(program.errors().empty()); // no progress where there is no terminal
}

Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::vector<std::string> written(const fs::path& out) {
    std::vector<std::string> texts;
    for (const char* suffix : {"", "_lower", "_upper", "_log"}) {
        texts.push_back(read_whole_file(out.parent_path() / (out.stem().string() + suffix + ".csv")));
    }
    return texts;
}

std::size_t entries_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

std::string text_of(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) {
        text += ',' + (std::isnan(value) ? std::string("NA") : std::to_string(value));
    }
    return text + '\n';
}

std::vector<double> walk(Random& random, std::size_t n) {
    std::vector<double> y(n);
    double x = 0, level = 50;
    for (double& value : y) {
        x = 0.6 * x + random.normal();
        level += 0.2 * x;
        value = std::round(1000 * (level + x)) / 1000;
    }
    return y;
}

/// Of ragged lengths, some with gaps, constant, empty or too short.
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

namespace {

/// A series that a shared regressor and two of its own explain but for a walk, and what the program is given.
struct Explained {
    std::string id;
    std::vector<double> y, shared, first, second; ///< regressors reach `horizon` beyond y
    std::vector<double> exog() const {
        std::vector<double> rows;
        for (std::size_t t = 0; t < shared.size(); ++t) {
            rows.insert(rows.end(), {shared[t], first[t], second[t]});
        }
        return rows;
    }
};

constexpr std::size_t horizon = 4;

std::vector<Explained> explained_series(std::vector<double>& shared) {
    Random random(9);
    const auto rounded = [](double x) { return std::round(1000 * x) / 1000; };
    for (std::size_t t = 0; t < 70 + horizon; ++t) {
        shared.push_back(rounded(random.normal()));
    }
    std::vector<Explained> all;
    for (std::size_t i = 0; i < 20; ++i) {
        Explained s{"item:" + std::to_string(i), walk(random, 60 + i % 10), {}, {}, {}};
        const std::size_t rows = s.y.size() + horizon;
        s.shared.assign(shared.end() - static_cast<std::ptrdiff_t>(rows), shared.end());
        for (std::size_t t = 0; t < rows; ++t) {
            s.first.push_back(rounded(random.normal()));
            s.second.push_back(rounded(random.normal()));
        }
        for (std::size_t t = 0; t < s.y.size(); ++t) {
            s.y[t] = rounded(s.y[t] + 3 * s.shared[t] - 2 * s.first[t] + s.second[t]);
        }
        all.push_back(std::move(s));
    }
    return all;
}

std::string series_text(const std::vector<Explained>& all) {
    std::string text = "id,v\n";
    for (const Explained& s : all) {
        text += s.id + text_of(s.y);
    }
    return text;
}

std::string exog_text(const std::vector<Explained>& all, const std::vector<double>& shared) {
    std::string text = "series,v\n*:weather" + text_of(shared);
    for (const Explained& s : all) {
        text += s.id + ":price" + text_of(s.first) + s.id + ":promotion" + text_of(s.second);
    }
    return text;
}

} // namespace

TEST_CASE("regressors of all and of each series are those of single fits") {
    const TemporaryFolder folder;
    std::vector<double> shared;
    const std::vector<Explained> all = explained_series(shared);
    const fs::path series = folder.write("series.csv", series_text(all));
    const fs::path exog = folder.write("exog.csv", exog_text(all, shared));
    const AutoArima search(yearly_orders_plan);
    const Arima fixed(plan::ArimaOrders{1, 1, 1}, plan::Trend::differenced_mean, yearly_orders_plan);
    const Arguments common{"--csv", series, "--exog", exog, "--horizon", std::to_string(horizon)};
    run(folder, with(common, {"--out", folder.path() / "auto.csv"}));
    run(folder,
        with(common, {"--out", folder.path() / "fixed.csv", "--order", "1,1,1", "--mean", "--starts", "0"}));
    const auto chosen = read_wide_csv(folder.path() / "auto.csv"),
               one = read_wide_csv(folder.path() / "fixed.csv");
    const auto lower = read_wide_csv(folder.path() / "fixed_lower.csv");
    REQUIRE(chosen.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::vector<double> rows = all[i].exog();
        const std::size_t known = 3 * all[i].y.size();
        const Regressors history{std::span(rows).first(known), 3}, later{std::span(rows).subspan(known), 3};
        const ArimaForecast by_search =
            search.fit(all[i].y, {.exog = history}).forecast(horizon, {.exog = later});
        const ArimaFit fit =
            fixed.fit_many(std::span(&all[i].y, 1), {.fit = {.exog = history, .starts = 0}})[0];
        const ArimaForecast by_order = ArimaResults(fixed.kernels(), fixed.orders(), fixed.trend(), all[i].y,
                                                    history, fit, ArimaMethod::mle, CovarianceType::none)
                                           .forecast(horizon, {.exog = later});
        CHECK(chosen[i].id == all[i].id);
        for (std::size_t h = 0; h < horizon; ++h) {
            CHECK(chosen[i].values[h] == Approx(by_search.predicted_mean[h]).epsilon(1e-5));
            CHECK(one[i].values[h] == Approx(by_order.predicted_mean[h]).epsilon(1e-4));
            CHECK(lower[i].values[h] == Approx(by_order.lower[h]).epsilon(1e-4));
        }
    }
}

TEST_CASE("what is wrong with regressors is told") {
    const TemporaryFolder folder;
    std::vector<double> shared;
    std::vector<Explained> all = explained_series(shared);
    const fs::path series = folder.write("series.csv", series_text(all)), exog = folder.path() / "exog.csv";
    const fs::path out = folder.path() / "out.csv";
    const Arguments arguments{"--csv", series, "--exog", exog, "--horizon", "4", "--out", out};
    const std::string good = exog_text(all, shared);
    folder.write("exog.csv", "price,1,2.5,3\n");
    CHECK_THAT(failure(folder, arguments), Contains("'price' names no regressor"));
    std::swap(all[3], all[4]);
    folder.write("exog.csv", exog_text(all, shared));
    CHECK_THAT(failure(folder, arguments), Contains("'item:4:price' comes where the series 'item:3' is due"));
    std::swap(all[3], all[4]);
    folder.write("exog.csv", good.substr(0, good.find("item:19:promotion")));
    CHECK_THAT(failure(folder, arguments),
               Contains("'item:19' has the regressors (price), but the ones before it (price, promotion)"));
    folder.write("exog.csv", good + "item:20:price,1.5\n");
    CHECK_THAT(failure(folder, arguments), Contains("'item:20:price' is left over"));
    // A wrong number of values is the series' own matter.
    all[5].first.pop_back();
    folder.write("exog.csv", exog_text(all, shared));
    run(folder, with(arguments, {"--restart"}));
    const std::vector<std::string> texts = written(out);
    CHECK_THAT(texts[3],
               Contains("item:5,failed") && Contains("its regressor price has 68 values, but the series "
                                                     "has 65 and 4 steps are to be forecast"));
    CHECK(std::ranges::count(texts[0], '\n') == 21);
}
