#include "timeloom/generators/import/containers/zip_archive.hpp"

#include "timeloom/runtime/error.hpp"

#include <zip.h>

namespace timeloom::importing {

namespace {

/// What deflate makes of a byte at most.
constexpr zip_uint64_t most_expansion = 1032;

/// A message of libzip.
std::string text_of(zip_error_t* error) {
    std::string text = zip_error_strerror(error);
    zip_error_fini(error);
    return text;
}

} // namespace

struct ZipArchive::Library {
    zip_t* archive = nullptr;
    ~Library() {
        if (archive != nullptr)
            zip_discard(archive);
    }
};

ZipArchive::ZipArchive(std::string_view bytes) : library_(std::make_unique<Library>()), size_(bytes.size()) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr)
        library_->archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (library_->archive == nullptr) {
        zip_source_free(source);
        throw Error("it is no zip archive that can be read (" + text_of(&error) + ")");
    }
    zip_error_fini(&error);
}

ZipArchive::~ZipArchive() = default;

std::string ZipArchive::read(const std::string& name) const {
    zip_t* archive = library_->archive;
    zip_stat_t about;
    if (zip_stat(archive, name.c_str(), 0, &about) != 0 || !(about.valid & ZIP_STAT_SIZE))
        throw Error("it has no entry '" + name + "'");
    if (about.size / most_expansion > size_)
        throw Error("its entry '" + name + "' claims " + std::to_string(about.size) +
                    " bytes, more than an archive of " + std::to_string(size_) + " bytes can hold");
    zip_file_t* file = zip_fopen(archive, name.c_str(), 0);
    if (file == nullptr)
        throw Error("its entry '" + name + "' cannot be read (" + std::string(zip_strerror(archive)) + ")");
    std::string content(about.size, '\0');
    const zip_int64_t count = zip_fread(file, content.data(), content.size());
    // The checksum is compared at the end.
    char more = 0;
    const bool complete = count == static_cast<zip_int64_t>(content.size()) && zip_fread(file, &more, 1) == 0;
    zip_fclose(file);
    if (!complete)
        throw Error("its entry '" + name + "' is damaged");
    return content;
}

} // namespace timeloom::importing
