// A fuzz program as libFuzzer runs it.
#include "fuzz_target.hpp"

#include <algorithm>
#include <cstdint>

extern "C" {

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    timeloom::fuzz::check({reinterpret_cast<const char*>(data), size});
    return 0;
}

/// libFuzzer's own mutations, with checksums repaired half the time, and ours.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    static const std::vector<std::string> more_files = timeloom::fuzz::target.more_files != nullptr
                                                           ? timeloom::fuzz::target.more_files()
                                                           : std::vector<std::string>();
    std::string bytes(reinterpret_cast<const char*>(data), size);
    if (seed % 64 == 0 && !more_files.empty()) {
        bytes = timeloom::fuzz::mutated(more_files[seed / 64 % more_files.size()], seed / 64);
    } else if (seed % 4 == 0) {
        bytes = timeloom::fuzz::mutated(std::move(bytes), seed / 4);
    } else {
        size = LLVMFuzzerMutate(data, size, most);
        bytes.assign(reinterpret_cast<const char*>(data), size);
        if (seed % 2 == 0 && timeloom::fuzz::target.repair != nullptr) {
            bytes = timeloom::fuzz::target.repair(std::move(bytes));
        }
    }
    size = std::min(bytes.size(), most);
    std::copy_n(bytes.data(), size, reinterpret_cast<char*>(data));
    return size;
}

} // extern "C"
