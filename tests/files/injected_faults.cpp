// Failures of the system that tests ask for.
#include "injected_faults.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <unistd.h>

namespace timeloom::tests {

namespace {

struct Plan {
    std::string_view failing{}; ///< name of the call
    int at = -1;
    int error_number = 0;
    bool later_ones = false;
    int kill_at = -1;
    int seen = 0; ///< calls so far: of that name, or all where one kills
    bool failed = false;
} plan;

/// True if this call shall fail.
bool fails(std::string_view name) {
    if (plan.failing != name) {
        return false;
    }
    const int index = plan.seen++;
    if (index != plan.at && !(plan.later_ones && index > plan.at)) {
        return false;
    }
    plan.failed = true;
    errno = plan.error_number;
    return true;
}

bool kills() { return plan.kill_at >= 0 && plan.seen++ == plan.kill_at; }

void kill_if_planned() {
    if (kills()) {
        ::raise(SIGKILL);
    }
}

/// Allocations until one fails; below 0 none does.
std::atomic<int> allocations_left{-1};
std::atomic<bool> all_later_ones{false}, allocation_failed{false};

bool allocation_fails() {
    const int left = allocations_left.load();
    if (left < 0) {
        return false;
    }
    if (left > 0) {
        --allocations_left;
        return false;
    }
    allocation_failed = true;
    if (!all_later_ones) {
        allocations_left = -1;
    }
    return true;
}

void* allocate(std::size_t size, std::size_t alignment) {
    void* memory = allocation_fails()
                       ? nullptr
                       : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

} // namespace

void fail_call(std::string_view name, int at, int error_number) {
    plan = {.failing = name, .at = at, .error_number = error_number};
}

void fail_calls_from(std::string_view name, int at, int error_number) {
    plan = {.failing = name, .at = at, .error_number = error_number, .later_ones = true};
}

void kill_at_call(int at) { plan = {.kill_at = at}; }

bool stop_failing() {
    const bool failed = plan.failed;
    plan = {};
    return failed;
}

void fail_allocation(int at, bool later_ones) {
    allocation_failed = false;
    all_later_ones = later_ones;
    allocations_left = at;
}

bool stop_failing_allocations() {
    allocations_left = -1;
    return allocation_failed;
}

UnharmedAllocations::UnharmedAllocations() : left_(allocations_left.exchange(-1)) {}
UnharmedAllocations::~UnharmedAllocations() { allocations_left = left_; }

extern "C" {

int __real_open(const char* path, int flags, ...);
::ssize_t __real_write(int file, const void* bytes, std::size_t size);
::ssize_t __real_read(int file, void* bytes, std::size_t size);
int __real_fsync(int file);
int __real_fchmod(int file, mode_t mode);
int __real_rename(const char* from, const char* to);
int __real_close(int file);

int __wrap_open(const char* path, int flags, ...) {
    kill_if_planned();
    if (fails("open")) {
        return -1;
    }
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return __real_open(path, flags, mode);
}

::ssize_t __wrap_write(int file, const void* bytes, std::size_t size) {
    if (kills()) {
        [[maybe_unused]] const ::ssize_t half = __real_write(file, bytes, size / 2);
        ::raise(SIGKILL);
    }
    return fails("write") ? -1 : __real_write(file, bytes, size);
}

::ssize_t __wrap_read(int file, void* bytes, std::size_t size) {
    return fails("read") ? -1 : __real_read(file, bytes, size);
}

/// Without a failure nothing is synced: the tests do not cut the power, and are quick.
int __wrap_fsync(int) {
    kill_if_planned();
    return fails("fsync") ? -1 : 0;
}

int __wrap_fchmod(int file, mode_t mode) {
    kill_if_planned();
    return fails("fchmod") ? -1 : __real_fchmod(file, mode);
}

int __wrap_rename(const char* from, const char* to) {
    kill_if_planned();
    return fails("rename") ? -1 : __real_rename(from, to);
}

/// As a close that fails does, it closes the file.
int __wrap_close(int file) {
    kill_if_planned();
    const int result = __real_close(file);
    return fails("close") ? -1 : result;
}

} // extern "C"

} // namespace timeloom::tests

// All of them, because a sanitizer's runtime has its own.
using std::align_val_t;
using std::nothrow_t;
using std::size_t;

void* operator new(size_t size) { return timeloom::tests::allocate(size, alignof(std::max_align_t)); }
void* operator new[](size_t size) { return operator new(size); }
void* operator new(size_t size, align_val_t alignment) {
    return timeloom::tests::allocate(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, align_val_t alignment) { return operator new(size, alignment); }
void* operator new(size_t size, const nothrow_t&) noexcept {
    try {
        return operator new(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](size_t size, const nothrow_t& none) noexcept { return operator new(size, none); }
void* operator new(size_t size, align_val_t alignment, const nothrow_t&) noexcept {
    try {
        return operator new(size, alignment);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const nothrow_t&) noexcept { std::free(memory); }
