// What must hold for whatever file a reader is given.
#include "fuzz_target.hpp"

#include "timeloom/runtime/error.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <malloc.h>
#include <new>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TIMELOOM_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define TIMELOOM_SANITIZED
#endif

namespace timeloom::fuzz {

namespace {

#ifdef TIMELOOM_SANITIZED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

std::atomic<std::size_t> live_bytes{0}, peak_bytes{0};

std::string_view input; ///< what is being checked

[[noreturn]] void fail(const std::string& what) {
    const std::filesystem::path kept = std::filesystem::temp_directory_path() / "timeloom-fuzz-failure";
    std::ofstream(kept, std::ios::binary) << input;
    std::fprintf(stderr, "fuzz: %s; the input is kept in %s\n", what.c_str(), kept.c_str());
    std::abort();
}

/// A regular file in memory.
class MemoryFile {
  public:
    MemoryFile() : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        if (file_ < 0) {
            fail("no file in memory can be made");
        }
    }
    ~MemoryFile() { ::close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(file_); }
    void set(std::string_view bytes) {
        if (::ftruncate(file_, 0) != 0 ||
            ::pwrite(file_, bytes.data(), bytes.size(), 0) != static_cast<::ssize_t>(bytes.size())) {
            fail("the input does not fit into memory");
        }
    }

  private:
    int file_;
};

/// What loading gave: the content, or the Error's text.
struct Ending {
    bool loaded = false;
    std::string text;
};

Ending end_of_loading(const std::filesystem::path& path) {
    try {
        return {true, target.load(path)};
    } catch (const Error& error) {
        return {false, error.what()};
    } catch (const std::exception& error) {
        fail(std::string("an exception that is no timeloom::Error: ") + error.what());
    }
}

/// Sanitizers are slow and have allocators of their own, whose memory libFuzzer watches.
constexpr double slowness = sanitized ? 10 : 1;

/// Loads with time and memory watched.
Ending watched(const std::filesystem::path& path, std::size_t size) {
    const std::size_t before = live_bytes;
    peak_bytes = before;
    const auto begin = std::chrono::steady_clock::now();
    Ending end = end_of_loading(path);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const std::size_t allowed = (std::size_t{4} << 20) + target.bytes_of_memory_per_byte * size;
    if (seconds > slowness * target.seconds) {
        fail("loading took " + std::to_string(seconds) + " s");
    }
    if (peak_bytes - before > allowed) {
        fail("loading " + std::to_string(size) + " bytes took " + std::to_string(peak_bytes - before) +
             " bytes of memory");
    }
    if (!end.loaded && end.text.size() < 10) {
        fail("an Error without text");
    }
    return end;
}

void check_saved_again(const MemoryFile& file, const std::string& content) {
    static const std::filesystem::path again =
        std::filesystem::temp_directory_path() / ("timeloom-fuzz-" + std::to_string(::getpid()));
    try {
        target.save_again(file.path(), again);
    } catch (const Error& error) {
        fail(std::string("what was loaded cannot be saved: ") + error.what());
    }
    const Ending end = end_of_loading(again);
    std::filesystem::remove(again);
    if (!end.loaded || end.text != content) {
        fail("saved and loaded again, it is: " + end.text + "\ninstead of: " + content);
    }
}

/// Some bits flipped, or the end cut off.
std::string damaged(std::string bytes, std::minstd_rand& random) {
    if (random() % 4 == 0) {
        bytes.resize(random() % bytes.size());
        return bytes;
    }
    for (auto flips = 1 + random() % 3; flips > 0; --flips) {
        char& byte = bytes[random() % bytes.size()];
        byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
    return bytes;
}

void check_damaged_copies(MemoryFile& file, std::string_view bytes, const std::string& content) {
    std::minstd_rand random(static_cast<unsigned>(std::hash<std::string_view>{}(bytes)) | 1u);
    for (int copy = 0; copy < 4; ++copy) {
        file.set(damaged(std::string(bytes), random));
        const Ending end = end_of_loading(file.path());
        if (end.loaded && end.text != content) {
            fail("a damaged copy loads as: " + end.text + "\ninstead of: " + content);
        }
    }
}

} // namespace

bool check(std::string_view bytes) {
    input = bytes;
    MemoryFile file;
    file.set(bytes);
    const Ending end = watched(file.path(), bytes.size());
    if (!end.loaded) {
        return false;
    }
    if (end_of_loading(file.path()).text != end.text) {
        fail("two loads of one file differ");
    }
    if (target.save_again != nullptr) {
        check_saved_again(file, end.text);
    }
    if (target.is_protected != nullptr && target.is_protected(bytes)) {
        check_damaged_copies(file, bytes, end.text);
    }
    return true;
}

} // namespace timeloom::fuzz

#ifndef TIMELOOM_SANITIZED

namespace {

void* counted(void* memory) {
    using namespace timeloom::fuzz;
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    const std::size_t now = live_bytes += malloc_usable_size(memory);
    std::size_t peak = peak_bytes;
    while (now > peak && !peak_bytes.compare_exchange_weak(peak, now)) {
    }
    return memory;
}

void release(void* memory) {
    if (memory != nullptr) {
        timeloom::fuzz::live_bytes -= malloc_usable_size(memory);
        std::free(memory);
    }
}

} // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto a = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(a, (size + a - 1) / a * a));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

#endif
