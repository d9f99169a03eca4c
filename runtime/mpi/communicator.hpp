// Training on several processes, of one machine or many, that mpirun has started.
#pragma once

#include "timeloom/runtime/distributed/communicator.hpp"

#include <chrono>
#include <memory>

namespace timeloom::mpi {

struct CommunicatorOptions {
    /// How long a rank waits for another one, which may compute meanwhile, before it throws Error.
    std::chrono::seconds timeout{1800};
};

/// All processes of an mpirun; without mpirun, this one alone:
///
///     timeloom::mpi::Communicator world;
///     timeloom::Model model(plan, {.seed = 1, .communicator = &world});
///
/// Starts MPI where the program has not, and ends it at the end of its life. It must outlive the models. When
/// an exception carries the program past it, MPI is not ended, so that mpirun ends the other ranks; so it
/// does when a rank dies. Any thread may use it, one at a time. Throws Error where MPI fails, and for every
/// use after that.
class Communicator final : public timeloom::Communicator {
  public:
    explicit Communicator(const CommunicatorOptions& options = {});
    ~Communicator() override;
    Communicator(const Communicator&) = delete;
    Communicator& operator=(const Communicator&) = delete;

    std::size_t rank() const override;
    std::size_t size() const override;
    std::vector<std::vector<std::byte>> all_gather(std::span<const std::byte> bytes) override;
    void exchange(std::span<const std::span<const std::byte>> sent,
                  std::span<const std::span<std::byte>> received) override;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timeloom::mpi
