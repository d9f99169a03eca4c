// ThreadPool: every part once, on its own thread; exceptions; many short runs. The mode of its arithmetic.
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/embedded/denormals_as_zero.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using timeloom::ThreadPool;

TEST_CASE("every part runs once, part p on thread p mod threads") {
    for (const std::size_t threads : {1, 2, 3, 5}) {
        ThreadPool pool(threads);
        REQUIRE(pool.threads() == threads);
        for (const std::size_t parts : {0, 1, 2, 4, 7, 100}) {
            CAPTURE(threads, parts);
            std::vector<int> calls(parts);
            std::vector<std::thread::id> ids(parts);
            pool.run(parts, [&](std::size_t part) {
                ++calls[part];
                ids[part] = std::this_thread::get_id();
            });
            for (std::size_t part = 0; part < parts; ++part) {
                CHECK(calls[part] == 1);
                CHECK(ids[part] == ids[part % threads]);
            }
            if (parts > 0)
                CHECK(ids[0] == std::this_thread::get_id());
        }
    }
}

TEST_CASE("many short runs, with and without pauses, lose nothing") {
    ThreadPool pool(3);
    std::vector<long> sums(3);
    for (int run = 0; run < 5000; ++run) {
        if (run % 1000 == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5)); // lets the workers fall asleep
        pool.run(3, [&](std::size_t part) { sums[part] += run; });
    }
    for (const long sum : sums)
        CHECK(sum == 5000L * 4999 / 2);
}

TEST_CASE("the exception of the lowest part reaches the caller, and the pool goes on") {
    for (const std::size_t threads : {1, 2, 4}) {
        ThreadPool pool(threads);
        for (int repeat = 0; repeat < 20; ++repeat) {
            const auto fail_in_some = [](std::size_t part) {
                if (part == 3 || part == 2 || part == 5)
                    throw std::runtime_error("part " + std::to_string(part));
            };
            CHECK_THROWS_WITH(pool.run(8, fail_in_some), "part 2");
        }
        std::atomic<int> calls{0};
        pool.run(8, [&](std::size_t) { ++calls; });
        CHECK(calls == 8);
    }
}

TEST_CASE("a run inside a part is refused") {
    ThreadPool pool(2);
    CHECK_THROWS_AS(pool.run(2, [&](std::size_t) { pool.run(1, [](std::size_t) {}); }), timeloom::Error);
    int calls = 0;
    pool.run(1, [&](std::size_t) { ++calls; });
    CHECK(calls == 1);
}

TEST_CASE("zero threads means as many as the hardware has; pools that never ran end well") {
    CHECK(ThreadPool(0).threads() >= 1);
    for (int i = 0; i < 50; ++i)
        ThreadPool(4);
}

TEST_CASE("threads that nobody can have are refused at once") {
    for (const std::size_t threads : {ThreadPool::most_threads + 1, std::numeric_limits<std::size_t>::max()})
        CHECK_THROWS_WITH(ThreadPool(threads), Catch::Contains(std::to_string(threads)));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("where no thread can be started, the pool says so and ends those it has") {
    constexpr int has_no_limits = 5; // an emulator keeps them from its program
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) { // with memory left for a few stacks
        std::ifstream pages("/proc/self/statm");
        rlim_t used = 0;
        pages >> used;
        const rlim_t room = used * 4096 + (rlim_t{60} << 20);
        const rlimit limit{room, room};
        if (setrlimit(RLIMIT_AS, &limit) != 0)
            _exit(2);
        if (mmap(nullptr, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
            _exit(has_no_limits);
        try {
            const ThreadPool pool(64);
            _exit(3);
        } catch (const timeloom::Error& error) {
            _exit(std::string(error.what()).find("64 threads") == std::string::npos ? 4 : 0);
        }
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    if (WEXITSTATUS(status) == has_no_limits) {
        WARN("skipped: this system does not limit memory");
        return;
    }
    CHECK(WEXITSTATUS(status) == 0);
}
#endif

#if defined(__x86_64__) || defined(__aarch64__)
TEST_CASE("denormals count as zero until the last of nested scopes ends, in whatever order they do") {
    const volatile float least = std::numeric_limits<float>::min(), half = 0.5f;
    const volatile float denormal = least * half;
    const auto counts_as_zero = [&] { return least * half == 0.0f && denormal + denormal == 0.0f; };
    CHECK_FALSE(counts_as_zero());
    auto first = std::make_unique<timeloom::FlushDenormals>();
    CHECK(counts_as_zero());
    auto second = std::make_unique<timeloom::FlushDenormals>();
    first.reset();
    CHECK(counts_as_zero());
    {
        const timeloom::embedded::DenormalsAsZero inside;
        CHECK(counts_as_zero());
    }
    CHECK(counts_as_zero());
    second.reset();
    CHECK_FALSE(counts_as_zero());
    {
        const timeloom::embedded::DenormalsAsZero alone;
        CHECK(counts_as_zero());
    }
    CHECK_FALSE(counts_as_zero());
}
#endif
