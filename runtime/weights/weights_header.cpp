// The JSON header of a safetensors file.
#include "timeloom/runtime/weights/weights_header.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/json_reader.hpp"

namespace timeloom::detail {

namespace {

/// At most one more extent than a shape can have: Shape says what is wrong with that.
Shape parse_shape(JsonReader& in) {
    std::vector<std::size_t> extents;
    in.array([&](std::size_t) {
        const auto extent = in.integer<std::size_t>();
        if (extents.size() <= Shape::max_rank) {
            extents.push_back(extent);
        }
    });
    return Shape(extents);
}

void parse_offsets(JsonReader& in, WeightsEntry& entry) {
    std::size_t count = 0;
    in.array([&](std::size_t i) {
        (i == 0 ? entry.begin : entry.end) = in.integer<std::uint64_t>();
        ++count;
    });
    if (count != 2) {
        throw Error("data_offsets does not have two entries");
    }
}

void require_float32(const std::string& dtype) {
    if (dtype != "F32") {
        throw Error("its dtype is " + dtype + ", but only F32 can be read; convert it to float32");
    }
}

WeightsEntry parse_entry(JsonReader& in, const std::string& name) {
    WeightsEntry entry{name, {}};
    bool has_dtype = false, has_shape = false, has_offsets = false;
    in.object([&](const std::string& key) {
        if (key == "dtype") {
            require_float32(in.string());
            has_dtype = true;
        } else if (key == "shape") {
            entry.shape = parse_shape(in);
            has_shape = true;
        } else if (key == "data_offsets") {
            parse_offsets(in, entry);
            has_offsets = true;
        } else {
            in.skip();
        }
    });
    if (!has_dtype || !has_shape || !has_offsets) {
        throw Error("dtype, shape or data_offsets is missing");
    }
    if (entry.begin > entry.end || entry.end - entry.begin != entry.shape.size() * sizeof(float)) {
        throw Error("shape " + to_string(entry.shape) + " does not fit data_offsets [" +
                    std::to_string(entry.begin) + ", " + std::to_string(entry.end) + "]");
    }
    return entry;
}

void parse_metadata(JsonReader& in, FileMetadata& metadata) {
    if (in.next() != JsonReader::Kind::object) {
        throw Error("its __metadata__ is not a JSON object");
    }
    in.object([&](const std::string& key) {
        if (in.next() != JsonReader::Kind::string) {
            throw Error("its metadata '" + key + "' is not a text");
        }
        metadata[key] = in.string();
    });
}

} // namespace

WeightsHeader parse_weights_header(std::string_view text) {
    WeightsHeader header;
    JsonReader in(text);
    if (in.next() != JsonReader::Kind::object) {
        // What is no JSON at all is told with its place.
        JsonReader value = in;
        try {
            value.skip();
        } catch (const Error& error) {
            throw Error(std::string("its header is not valid JSON (") + error.what() + ")");
        }
        throw Error("its header is not a JSON object");
    }
    std::string tensor;
    try {
        in.object([&](const std::string& name) {
            if (name == "__metadata__") {
                return parse_metadata(in, header.metadata);
            }
            tensor = name;
            header.entries.push_back(parse_entry(in, name));
            tensor.clear();
        });
        in.end();
    } catch (const Error& error) {
        throw Error(tensor.empty()
                        ? std::string("its header is not valid JSON of weights (") + error.what() + ")"
                        : "tensor '" + tensor + "': " + error.what());
    }
    return header;
}

} // namespace timeloom::detail
