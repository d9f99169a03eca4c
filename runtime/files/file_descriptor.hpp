// An open file of the system that is closed when its owner goes.
#pragma once

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace timeloom::detail {

class FileDescriptor {
  public:
    FileDescriptor() = default;
    /// Takes what open() returned, -1 included.
    explicit FileDescriptor(int number) : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor() { close(); }

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

    /// 0, or the errno of a failing close; the file is closed in both cases.
    int close() {
        const int number = std::exchange(number_, -1);
        return number >= 0 && ::close(number) != 0 ? errno : 0;
    }

  private:
    int number_ = -1;
};

} // namespace timeloom::detail
