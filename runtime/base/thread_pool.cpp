// A fixed team of threads that share the parts of one loop at a time.
#include "timeloom/runtime/base/thread_pool.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace timeloom {

namespace {

/// Waits until `value` differs from `old`: some microseconds awake, for parts come in quick succession, then
/// asleep. Where threads outnumber processors the yields let the others work.
void wait_while_equal(const std::atomic<unsigned>& value, unsigned old) {
    for (int spin = 0; spin < 2000; ++spin) {
        if (value.load(std::memory_order_acquire) != old)
            return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
        if (spin % 64 == 63)
            std::this_thread::yield();
    }
    value.wait(old, std::memory_order_acquire);
}

} // namespace

ThreadPool::ThreadPool(std::size_t threads) {
    if (threads == 0)
        threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_threads);
    if (threads > most_threads)
        throw Error("a pool of " + std::to_string(threads) +
                    " threads was asked for, but there can be at most " + std::to_string(most_threads) +
                    "; 0 means one for each hardware thread");
    try {
        failures_.resize(threads);
        workers_.reserve(threads - 1);
        for (std::size_t thread = 1; thread < threads; ++thread)
            workers_.emplace_back([this, thread] { work(thread); });
    } catch (const std::exception& error) { // the system has no thread left, or no memory for one
        stop();
        throw Error("could not start " + std::to_string(threads) + " threads (" + error.what() +
                    "); ask for fewer");
    }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
    stopping_ = true;
    generation_.fetch_add(1, std::memory_order_release);
    generation_.notify_all();
    for (std::thread& worker : workers_)
        worker.join();
}

void ThreadPool::work(std::size_t thread) {
    // Not the current generation: a run may have begun before this thread came up.
    for (unsigned seen = 0;; ++seen) {
        wait_while_equal(generation_, seen);
        if (stopping_)
            return;
        run_parts_of(thread);
        if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            unfinished_.notify_one();
    }
}

void ThreadPool::run_parts_of(std::size_t thread) noexcept {
    std::size_t part = thread;
    try {
        for (; part < parts_; part += failures_.size())
            (*part_)(part);
    } catch (...) {
        failures_[thread] = {part, std::current_exception()};
    }
}

void ThreadPool::run(std::size_t parts, detail::function_ref<void(std::size_t)> part) {
    if (running_.exchange(true, std::memory_order_acquire))
        throw Error(
            "ThreadPool::run was called while the pool is running, from inside a part or from another "
            "thread; use a second pool there");
    part_ = &part;
    parts_ = parts;
    const bool shared = parts > 1 && !workers_.empty();
    if (shared) {
        unfinished_.store(static_cast<unsigned>(workers_.size()), std::memory_order_relaxed);
        generation_.fetch_add(1, std::memory_order_release);
        generation_.notify_all();
    }
    run_parts_of(0);
    if (shared)
        for (unsigned left = unfinished_.load(std::memory_order_acquire); left != 0;
             left = unfinished_.load(std::memory_order_acquire))
            wait_while_equal(unfinished_, left);
    running_.store(false, std::memory_order_release);
    rethrow_first_failure();
}

void ThreadPool::rethrow_first_failure() {
    std::exception_ptr first;
    std::size_t first_part = 0;
    for (Failure& failure : failures_) {
        std::exception_ptr exception = std::exchange(failure.exception, nullptr);
        if (exception != nullptr && (first == nullptr || failure.part < first_part)) {
            first = exception;
            first_part = failure.part;
        }
    }
    if (first != nullptr)
        std::rethrow_exception(first);
}

} // namespace timeloom
