// Ranks that are threads of one process.
#pragma once

#include "timeloom/runtime/distributed/communicator.hpp"

#include <algorithm>
#include <barrier>
#include <exception>
#include <thread>

namespace timeloom {

/// What the ranks share.
struct RankTable {
    explicit RankTable(std::size_t ranks)
        : all(static_cast<std::ptrdiff_t>(ranks)), gathered(ranks), sent(ranks) {}
    std::barrier<> all;
    std::vector<std::vector<std::byte>> gathered;
    std::vector<std::vector<std::span<const std::byte>>> sent;
};

class ThreadRank final : public Communicator {
  public:
    ThreadRank(RankTable& table, std::size_t rank) : table_(table), rank_(rank) {}
    std::size_t rank() const override { return rank_; }
    std::size_t size() const override { return table_.sent.size(); }

    std::vector<std::vector<std::byte>> all_gather(std::span<const std::byte> bytes) override {
        table_.gathered[rank_].assign(bytes.begin(), bytes.end());
        table_.all.arrive_and_wait();
        std::vector<std::vector<std::byte>> result = table_.gathered;
        table_.all.arrive_and_wait();
        return result;
    }
    void exchange(std::span<const std::span<const std::byte>> sent,
                  std::span<const std::span<std::byte>> received) override {
        table_.sent[rank_].assign(sent.begin(), sent.end());
        table_.all.arrive_and_wait();
        for (std::size_t other = 0; other < size(); ++other) {
            const std::span<const std::byte> message = table_.sent[other][rank_];
            if (other != rank_ && message.size() == received[other].size())
                std::ranges::copy(message, received[other].begin());
            else if (other != rank_)
                std::terminate(); // ranks disagree on the size of a message
        }
        table_.all.arrive_and_wait();
    }

  private:
    RankTable& table_;
    std::size_t rank_;
};

/// Calls f(communicator) on so many ranks; what a rank throws is thrown, of the lowest of them.
template <class F>
void on_ranks(std::size_t ranks, F&& f) {
    RankTable table(ranks);
    std::vector<std::exception_ptr> failures(ranks);
    std::vector<std::thread> threads;
    for (std::size_t rank = 0; rank < ranks; ++rank)
        threads.emplace_back([&, rank] {
            ThreadRank communicator(table, rank);
            try {
                f(communicator);
            } catch (...) {
                failures[rank] = std::current_exception();
                table.all.arrive_and_drop();
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::exception_ptr& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

} // namespace timeloom
