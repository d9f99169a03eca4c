#include "timeloom/generators/import/containers/hdf5_walk.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/tensors/shape.hpp"

#include <hdf5.h>

#include <array>

namespace timeloom::importing {

namespace {

/// A handle of the library, closed at its end.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what) : id_(id), close_(close) {
        if (id < 0)
            throw Error(what + " cannot be read");
    }
    ~Handle() { close_(id_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

/// What deflate makes of a byte at most, which bounds what a file can hold.
constexpr std::uint64_t most_expansion = 1032;

class Walk {
  public:
    Walk(const Hdf5Visitor& visitor, std::size_t file_size)
        : visitor_(visitor), most_bytes_(file_size * most_expansion) {}

    void group(hid_t parent, const std::string& path, int depth) {
        if (depth > 16)
            throw Error("its groups nest deeper than 16");
        texts_of(parent, path);
        H5G_info_t info;
        if (H5Gget_info(parent, &info) < 0)
            throw Error("group '" + path + "' cannot be read");
        for (hsize_t i = 0; i < info.nlinks; ++i)
            link(parent, path, i, depth);
    }

  private:
    void link(hid_t parent, const std::string& path, hsize_t index, int depth) {
        std::array<char, 512> name{};
        const ssize_t length = H5Lget_name_by_idx(parent, ".", H5_INDEX_NAME, H5_ITER_INC, index, name.data(),
                                                  name.size(), H5P_DEFAULT);
        H5L_info_t about;
        if (length < 1 || static_cast<std::size_t>(length) >= name.size() ||
            H5Lget_info(parent, name.data(), &about, H5P_DEFAULT) < 0)
            throw Error("an entry of group '" + path + "' cannot be read");
        const std::string full = path.empty() ? name.data() : path + "/" + name.data();
        // Links into other files would lead out of this one.
        if (about.type != H5L_TYPE_HARD)
            throw Error("'" + full + "' is a link to elsewhere, which is not followed");
        if (full == "optimizer" || full == "optimizer_weights")
            return; // what only training needs
        const Handle object(H5Oopen(parent, name.data(), H5P_DEFAULT), H5Oclose, "'" + full + "'");
        if (H5Iget_type(object) == H5I_GROUP)
            group(object, full, depth + 1);
        else if (H5Iget_type(object) == H5I_DATASET)
            dataset(object, full);
    }

    void dataset(hid_t data, const std::string& path) {
        const Handle type(H5Dget_type(data), H5Tclose, "the type of '" + path + "'");
        if (H5Tget_class(type) != H5T_FLOAT && H5Tget_class(type) != H5T_INTEGER)
            return; // an optimizer's or a person's own; a layer's weights would be missed
        const Handle space(H5Dget_space(data), H5Sclose, "the shape of '" + path + "'");
        const int rank = H5Sget_simple_extent_ndims(space);
        std::array<hsize_t, H5S_MAX_RANK> extents{};
        if (rank < 0 || H5Sget_simple_extent_dims(space, extents.data(), nullptr) < 0)
            throw Error("the shape of '" + path + "' cannot be read");
        if (rank > static_cast<int>(Shape::max_rank))
            throw Error("'" + path + "' has " + std::to_string(rank) + " axes, but weights have few");
        std::uint64_t count = 1;
        for (int i = 0; i < rank; ++i) {
            if (extents[i] != 0 && count > most_bytes_ / extents[i])
                throw Error("'" + path + "' claims more values than the file can hold");
            count *= extents[i];
        }
        most_bytes_ -= count;
        std::vector<float> values(count);
        if (count > 0 && H5Dread(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
            throw Error("the values of '" + path + "' cannot be read");
        visitor_.tensor(path, {extents.begin(), extents.begin() + rank}, values);
    }

    void texts_of(hid_t object, const std::string& path) {
        const hssize_t count = H5Aget_num_attrs(object);
        for (hssize_t i = 0; i < count; ++i) {
            const Handle attribute(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC,
                                                  static_cast<hsize_t>(i), H5P_DEFAULT, H5P_DEFAULT),
                                   H5Aclose, "an attribute of '" + path + "'");
            std::array<char, 512> name{};
            if (H5Aget_name(attribute, name.size(), name.data()) < 0)
                throw Error("an attribute of '" + path + "' cannot be read");
            const Handle type(H5Aget_type(attribute), H5Tclose, "an attribute's type");
            if (H5Tget_class(type) == H5T_STRING)
                visitor_.text(path + "@" + name.data(), texts(attribute, type));
        }
    }

    std::vector<std::string> texts(hid_t attribute, hid_t type) {
        const Handle space(H5Aget_space(attribute), H5Sclose, "an attribute's shape");
        const hssize_t count = H5Sget_simple_extent_npoints(space);
        const std::size_t size = H5Tget_size(type);
        if (count < 0 || static_cast<std::uint64_t>(count) > most_bytes_ / (size + 1))
            throw Error("an attribute claims more texts than the file can hold");
        return H5Tis_variable_str(type) > 0
                   ? variable_texts(attribute, type, space, static_cast<std::size_t>(count))
                   : fixed_texts(attribute, type, static_cast<std::size_t>(count), size);
    }

    static std::vector<std::string> variable_texts(hid_t attribute, hid_t type, hid_t space,
                                                   std::size_t count) {
        std::vector<char*> pointers(count);
        if (count > 0 && H5Aread(attribute, type, pointers.data()) < 0)
            throw Error("an attribute's texts cannot be read");
        std::vector<std::string> result;
        for (const char* text : pointers)
            result.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
        return result;
    }

    static std::vector<std::string> fixed_texts(hid_t attribute, hid_t type, std::size_t count,
                                                std::size_t size) {
        std::string all(count * size, '\0');
        if (count > 0 && H5Aread(attribute, type, all.data()) < 0)
            throw Error("an attribute's texts cannot be read");
        std::vector<std::string> result;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string text = all.substr(i * size, size);
            result.push_back(text.substr(0, text.find('\0')));
        }
        return result;
    }

    const Hdf5Visitor& visitor_;
    std::uint64_t most_bytes_;
};

} // namespace

void walk_hdf5(std::string_view bytes, const Hdf5Visitor& visitor) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5's settings");
    H5Pset_fapl_core(access, 1 << 16, false);
    H5Pset_file_image(access, const_cast<char*>(bytes.data()), bytes.size());
    const Handle file(H5Fopen("in memory", H5F_ACC_RDONLY, access), H5Fclose, "the HDF5 file");
    const Handle root(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "its root group");
    Walk(visitor, bytes.size()).group(root, "", 0);
}

} // namespace timeloom::importing
