// Parts of a long work, done by several threads at once and finished one after the other.
#pragma once

#include <timeloom/runtime/base/thread_pool.hpp>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>

namespace auto_forecast {

/// next(part) fills in the next part and is false after the last one; work(part) gives its result, on all
/// threads at once; finish(part, result) is called in the order of the parts. Only `work` runs beside others.
/// There are never more than a few parts for each thread in memory. What one of them throws is thrown on.
template <class Part, class Result, class Next, class Work, class Finish>
void work_in_order(timeloom::ThreadPool& pool, Next next, Work work, Finish finish) {
    const std::size_t most_begun = 4 * pool.threads();
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::size_t, std::pair<Part, Result>> waiting;
    std::size_t begun = 0, finished = 0;
    bool over = false;
    const auto take_part = [&] {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return over || begun - finished < most_begun; });
            Part part;
            if (over || !next(part)) {
                break;
            }
            const std::size_t number = begun++;
            lock.unlock();
            Result result = work(part);
            lock.lock();
            waiting.emplace(number, std::pair(std::move(part), std::move(result)));
            for (auto first = waiting.begin(); first != waiting.end() && first->first == finished;
                 first = waiting.erase(first)) {
                finish(first->second.first, first->second.second);
                ++finished;
            }
            changed.notify_all();
        }
        over = true;
        changed.notify_all();
    };
    pool.run(pool.threads(), [&](std::size_t) {
        try {
            take_part();
        } catch (...) {
            const std::lock_guard lock(mutex);
            over = true;
            changed.notify_all();
            throw;
        }
    });
}

} // namespace auto_forecast
