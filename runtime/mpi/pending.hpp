// Messages that are under way, with a limit on how long they may be.
#pragma once

#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace timeloom::mpi {

/// Throws Error, naming the function and MPI's reason, unless it succeeded.
void check(int result, const char* function);

/// What is sent must live until wait() has returned. Where that throws, MPI must not be used again: what was
/// under way may still be read.
class Pending {
  public:
    static constexpr std::size_t most_of_any_size = std::size_t{1} << 30;

    Pending(MPI_Comm ranks, std::chrono::seconds timeout) : ranks_(ranks), timeout_(timeout) {}
    ~Pending();
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;

    void send(std::size_t rank, std::span<const std::byte> bytes);
    void receive(std::size_t rank, std::span<std::byte> bytes);
    /// Makes `bytes` as large as the message, of at most `most_of_any_size`, turns out to be.
    void receive_any_size(std::size_t rank, std::vector<std::byte>& bytes);

    /// Throws Error, naming the ranks that are silent, after the timeout.
    void wait();

  private:
    struct Expected {
        int rank;
        std::vector<std::byte>* bytes;
    };
    bool find_expected();
    bool all_done();
    [[noreturn]] void give_up();
    void add(MPI_Request request, int rank, bool is_receive);

    MPI_Comm ranks_;
    std::chrono::seconds timeout_;
    std::vector<MPI_Request> requests_;
    std::vector<int> request_ranks_;
    std::vector<bool> is_receive_;
    std::vector<Expected> expected_; ///< messages of any size that have not begun to come
};

} // namespace timeloom::mpi
