// A fixed team of threads that share the parts of one loop at a time.
#pragma once

#include "timeloom/runtime/base/function_ref.hpp"

#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace timeloom {

/// Part p always runs on thread p mod threads() and thread 0 is the caller, so that a part meets its data in
/// the same core's cache and results do not depend on timing. Waiting threads spin for some microseconds,
/// then sleep. Nothing is allocated per run. One thread may use a pool at a time.
class ThreadPool {
  public:
    static constexpr std::size_t most_threads = 4096;

    /// 0 means one thread per hardware thread. Throws Error for more than most_threads, and if the threads
    /// cannot be started.
    explicit ThreadPool(std::size_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::size_t threads() const { return workers_.size() + 1; }

    /// True if a run is in progress.
    bool is_running() const { return running_.load(std::memory_order_relaxed); }

    /// Calls part(0) to part(parts - 1), each once, and returns when all are done. If parts throw, the
    /// exception of the lowest part is rethrown; later parts of a thread that failed are left out. Throws
    /// Error when called from inside a part.
    void run(std::size_t parts, detail::function_ref<void(std::size_t)> part);

  private:
    /// Failure of one thread; on its own cache line, as every thread writes to its own.
    struct alignas(64) Failure {
        std::size_t part = 0;
        std::exception_ptr exception;
    };

    void work(std::size_t thread);
    void run_parts_of(std::size_t thread) noexcept;
    void stop();
    void rethrow_first_failure();

    std::vector<std::thread> workers_;
    std::vector<Failure> failures_;
    const detail::function_ref<void(std::size_t)>* part_ = nullptr;
    std::size_t parts_ = 0;
    bool stopping_ = false;
    std::atomic<bool> running_{false};
    alignas(64) std::atomic<unsigned> generation_{0};
    alignas(64) std::atomic<unsigned> unfinished_{0};
};

} // namespace timeloom
