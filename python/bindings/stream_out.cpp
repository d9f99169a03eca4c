// Hands columns out as an Arrow stream.
#include "arrays.hpp"
#include "parts.hpp"
#include "table.hpp"

#include <timeloom/runtime/error.hpp>

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <limits>

namespace timeloom_python {

namespace {

using namespace nb::literals;

/// What an array's or a schema's private_data points to; released with it.
struct HeldColumn {
    std::shared_ptr<const std::vector<OutColumn>> columns; ///< keeps the numbers alive
    std::vector<std::int64_t> offsets;                     ///< of texts of format U
    std::vector<std::int32_t> short_offsets;               ///< of texts of format u
    std::string characters;
    std::array<const void*, 3> buffers{};
};

struct HeldTable {
    std::vector<ArrowArray> arrays;
    std::vector<ArrowArray*> children;
    std::array<const void*, 1> buffers{};
};

struct HeldSchema {
    std::vector<std::string> names, formats;
    std::vector<ArrowSchema> schemas;
    std::vector<ArrowSchema*> children;
};

struct HeldStream {
    std::shared_ptr<const std::vector<OutColumn>> columns;
    std::size_t rows;
    bool is_read = false;
};

void release_column(ArrowArray* array) {
    delete static_cast<HeldColumn*>(array->private_data);
    array->release = nullptr;
}

void release_table(ArrowArray* array) {
    auto* held = static_cast<HeldTable*>(array->private_data);
    for (ArrowArray& child : held->arrays) {
        if (child.release) {
            child.release(&child);
        }
    }
    delete held;
    array->release = nullptr;
}

void release_child_schema(ArrowSchema* schema) { schema->release = nullptr; }

void release_schema(ArrowSchema* schema) {
    delete static_cast<HeldSchema*>(schema->private_data);
    schema->release = nullptr;
}

void release_stream(ArrowArrayStream* stream) {
    const nb::gil_scoped_acquire lock; // the owners of the columns are Python's
    delete static_cast<HeldStream*>(stream->private_data);
    stream->release = nullptr;
}

void fill_column(ArrowArray& array, const std::shared_ptr<const std::vector<OutColumn>>& columns,
                 std::size_t number, std::size_t rows) {
    const OutColumn& column = (*columns)[number];
    auto* held = new HeldColumn{columns, {}, {}, {}, {}};
    if (column.data) {
        held->buffers = {nullptr, column.data, nullptr};
    } else {
        held->offsets.push_back(0);
        for (const std::string& text : column.texts) {
            held->characters += text;
            held->offsets.push_back(static_cast<std::int64_t>(held->characters.size()));
        }
        held->short_offsets.assign(held->offsets.begin(), held->offsets.end());
        const bool is_short = column.format == "u";
        const void* const offsets =
            is_short ? static_cast<const void*>(held->short_offsets.data()) : held->offsets.data();
        held->buffers = {nullptr, offsets, held->characters.data()};
    }
    array = {.length = static_cast<std::int64_t>(rows),
             .null_count = 0,
             .offset = 0,
             .n_buffers = column.data ? 2 : 3,
             .n_children = 0,
             .buffers = held->buffers.data(),
             .children = nullptr,
             .dictionary = nullptr,
             .release = release_column,
             .private_data = held};
}

constexpr std::int64_t nullable = 2; // ARROW_FLAG_NULLABLE

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) try {
    const auto& columns = *static_cast<HeldStream*>(stream->private_data)->columns;
    auto* held = new HeldSchema;
    held->schemas.resize(columns.size());
    for (const OutColumn& column : columns) {
        held->names.push_back(column.name);
        held->formats.push_back(column.format);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        held->schemas[i] = {.format = held->formats[i].c_str(),
                            .name = held->names[i].c_str(),
                            .metadata = nullptr,
                            .flags = nullable,
                            .n_children = 0,
                            .children = nullptr,
                            .dictionary = nullptr,
                            .release = release_child_schema,
                            .private_data = nullptr};
        held->children.push_back(&held->schemas[i]);
    }
    *out = {.format = "+s",
            .name = "",
            .metadata = nullptr,
            .flags = 0,
            .n_children = static_cast<std::int64_t>(columns.size()),
            .children = held->children.data(),
            .dictionary = nullptr,
            .release = release_schema,
            .private_data = held};
    return 0;
} catch (...) {
    return ENOMEM;
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) try {
    auto* state = static_cast<HeldStream*>(stream->private_data);
    *out = {};
    if (std::exchange(state->is_read, true)) {
        return 0; // the end
    }
    auto* held = new HeldTable;
    held->arrays.resize(state->columns->size());
    for (std::size_t i = 0; i < state->columns->size(); ++i) {
        fill_column(held->arrays[i], state->columns, i, state->rows);
        held->children.push_back(&held->arrays[i]);
    }
    *out = {.length = static_cast<std::int64_t>(state->rows),
            .null_count = 0,
            .offset = 0,
            .n_buffers = 1,
            .n_children = static_cast<std::int64_t>(held->children.size()),
            .buffers = held->buffers.data(),
            .children = held->children.data(),
            .dictionary = nullptr,
            .release = release_table,
            .private_data = held};
    return 0;
} catch (...) {
    return ENOMEM;
}

const char* get_last_error(ArrowArrayStream*) { return "memory did not suffice"; }

void destroy_capsule(PyObject* capsule) {
    auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
    if (stream->release) {
        stream->release(stream);
    }
    delete stream;
}

/// Columns are owned by Python objects, which the last chunk may let go of on a thread without the lock.
std::shared_ptr<const std::vector<OutColumn>> held_by_lock(std::vector<OutColumn> columns) {
    return {new std::vector<OutColumn>(std::move(columns)), [](const std::vector<OutColumn>* p) {
                const nb::gil_scoped_acquire lock;
                delete p;
            }};
}

/// (name, format, array or list of texts)
OutColumn column_of(const nb::tuple& given) {
    OutColumn column{nb::cast<std::string>(given[0]), nb::cast<std::string>(given[1]), nullptr, {}, given[2]};
    if (nb::isinstance<nb::list>(given[2])) {
        column.texts = nb::cast<std::vector<std::string>>(given[2]);
        std::size_t characters = 0;
        for (const std::string& text : column.texts) {
            characters += text.size();
        }
        if (characters > std::numeric_limits<std::int32_t>::max()) {
            column.format = "U";
        }
    } else {
        column.data =
            nb::cast<nb::ndarray<nb::ro, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(given[2]).data();
    }
    return column;
}

} // namespace

nb::object to_stream(std::vector<OutColumn> columns, std::size_t rows) {
    auto* stream = new ArrowArrayStream{get_schema, get_next, get_last_error, release_stream,
                                        new HeldStream{held_by_lock(std::move(columns)), rows}};
    return nb::steal(PyCapsule_New(stream, "arrow_array_stream", destroy_capsule));
}

void add_tables(nb::module_& module) {
    nb::class_<Table>(module, "Table", "A table read from an Arrow C stream.")
        .def(nb::init<nb::capsule>(), "stream"_a)
        .def_prop_ro("rows", &Table::rows)
        .def_prop_ro("names", &Table::names)
        .def(
            "format", [](const Table& t, const std::string& c) { return t.format(c); }, "column"_a)
        .def(
            "floats", [](const Table& t, const std::string& c) { return t.floats(c); }, "column"_a)
        .def(
            "integers", [](const Table& t, const std::string& c) { return to_numpy(t.integers(c)); },
            "column"_a)
        .def(
            "labels",
            [](const Table& t, const std::string& c) {
                Labels labels = t.labels(c);
                nb::object values = labels.are_numbers ? to_numpy(labels.numbers) : nb::cast(labels.texts);
                return nb::make_tuple(to_numpy(std::move(labels.starts)), values);
            },
            "column"_a);
    module.def(
        "to_stream",
        [](const nb::list& columns, std::size_t rows) {
            std::vector<OutColumn> all;
            for (const nb::handle column : columns) {
                all.push_back(column_of(nb::cast<nb::tuple>(column)));
            }
            return to_stream(std::move(all), rows);
        },
        "columns"_a, "rows"_a);
}

} // namespace timeloom_python
