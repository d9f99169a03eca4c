// Reads entries of a zip archive into memory; nothing is unpacked into files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace timeloom::importing {

class ZipArchive {
  public:
    /// `bytes` must outlive it. Throws Error for what is no zip archive or a damaged one.
    explicit ZipArchive(std::string_view bytes);
    ~ZipArchive();
    ZipArchive(const ZipArchive&) = delete;
    ZipArchive& operator=(const ZipArchive&) = delete;

    /// The entry of exactly that name. Throws Error where there is none, where it is damaged or encrypted,
    /// and, before memory is taken, where it claims more bytes than the archive can hold of it.
    std::string read(const std::string& name) const;

  private:
    struct Library;
    std::unique_ptr<Library> library_;
    std::size_t size_;
};

} // namespace timeloom::importing
