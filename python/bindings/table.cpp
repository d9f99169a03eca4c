#include "table.hpp"

#include "arrays.hpp"
#include "column_values.hpp"

#include <limits>
#include <string>

#include <timeloom/runtime/error.hpp>

namespace timeloom_python {

using timeloom::Error;

Table::Table(nb::capsule capsule) : contents_(std::make_shared<Contents>()) {
    if (!capsule.name() || std::string_view(capsule.name()) != "arrow_array_stream") {
        throw Error("the data frame's __arrow_c_stream__ did not hand out a stream");
    }
    auto* given = static_cast<ArrowArrayStream*>(capsule.data());
    if (!given->release) {
        throw Error("the data frame's stream was read before; hand over the data frame again");
    }
    Released<ArrowArrayStream> stream;
    stream.value = *given;
    given->release = nullptr;
    const auto require = [&](int code) {
        if (code != 0) {
            const char* reason = stream.value.get_last_error(&stream.value);
            throw Error(std::string("the data frame's stream ended early: ") +
                        (reason ? reason : "no reason given"));
        }
    };
    require(stream.value.get_schema(&stream.value, &contents_->schema.value));
    if (std::string_view(contents_->schema.value.format) != "+s") {
        throw Error("the stream holds one array, but a table with the columns of a data frame is needed");
    }
    for (;;) {
        Released<ArrowArray> chunk;
        require(stream.value.get_next(&stream.value, &chunk.value));
        if (!chunk.value.release) {
            break;
        }
        rows_ += static_cast<std::size_t>(chunk.value.length);
        contents_->chunks.push_back(std::move(chunk));
    }
}

std::vector<std::string> Table::names() const {
    std::vector<std::string> names;
    const ArrowSchema& schema = contents_->schema.value;
    for (std::int64_t i = 0; i < schema.n_children; ++i) {
        names.emplace_back(schema.children[i]->name);
    }
    return names;
}

std::size_t Table::number_of(std::string_view column) const {
    const std::vector<std::string> all = names();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i] == column) {
            return i;
        }
    }
    std::string known;
    for (const std::string& name : all) {
        known += (known.empty() ? "" : ", ") + name;
    }
    throw Error("there is no column '" + std::string(column) + "', but these: " + known);
}

const ArrowSchema& Table::schema_of(std::string_view column) const {
    return *contents_->schema.value.children[number_of(column)];
}

std::string Table::format(std::string_view column) const {
    const ArrowSchema& schema = schema_of(column);
    return schema.dictionary ? schema.dictionary->format : schema.format;
}

std::vector<Table::Piece> Table::pieces_of(std::string_view column) const {
    const std::size_t number = number_of(column);
    std::vector<Piece> pieces;
    for (const Released<ArrowArray>& chunk : contents_->chunks) {
        const ArrowArray& array = *chunk.value.children[number];
        if (chunk.value.length > 0) {
            pieces.push_back({&array, chunk.value.offset + array.offset, chunk.value.length});
        }
    }
    return pieces;
}

nb::object Table::floats(std::string_view column) const {
    const ArrowSchema& schema = schema_of(column);
    const std::string_view format = schema.format;
    const std::vector<Piece> pieces = pieces_of(column);
    if (format == "g" && pieces.size() == 1 && pieces[0].array->null_count == 0) {
        auto* shared = new std::shared_ptr<Contents>(contents_);
        nb::capsule owner(shared,
                          [](void* p) noexcept { delete static_cast<std::shared_ptr<Contents>*>(p); });
        const double* data = static_cast<const double*>(pieces[0].array->buffers[1]) + pieces[0].offset;
        return nb::ndarray<nb::numpy, const double, nb::ndim<1>>(data, {rows_}, owner).cast();
    }
    std::vector<double> values;
    values.reserve(rows_);
    for (const Piece& piece : pieces) {
        const bool dates = format.starts_with('t'); // they are no numbers to forecast
        const bool numbers = !dates && with_numbers(format, piece.array->buffers[1], [&](const auto* data) {
            for (std::int64_t i = piece.offset; i < piece.offset + piece.length; ++i) {
                values.push_back(is_null(*piece.array, i) ? std::numeric_limits<double>::quiet_NaN()
                                                          : static_cast<double>(data[i]));
            }
        });
        if (!numbers || schema.dictionary) {
            throw Error("column '" + std::string(column) + "' does not hold numbers, but Arrow's format '" +
                        std::string(format) + "'; convert it to float64");
        }
    }
    return to_numpy(std::move(values));
}

std::vector<std::int64_t> Table::integers(std::string_view column) const {
    const ArrowSchema& schema = schema_of(column);
    const std::string_view format = schema.format;
    std::vector<std::int64_t> values;
    values.reserve(rows_);
    for (const Piece& piece : pieces_of(column)) {
        const bool numbers = with_numbers(format, piece.array->buffers[1], [&](const auto* data) {
            for (std::int64_t i = piece.offset; i < piece.offset + piece.length; ++i) {
                if (is_null(*piece.array, i)) {
                    throw Error("column '" + std::string(column) + "' is null in row " +
                                std::to_string(values.size()) + "; drop such rows");
                }
                values.push_back(static_cast<std::int64_t>(data[i]));
            }
        });
        if (!numbers || schema.dictionary || format == "f" || format == "g") {
            throw Error("column '" + std::string(column) +
                        "' must hold dates, times or whole numbers, but has Arrow's format '" +
                        std::string(format) + "'");
        }
    }
    return values;
}

namespace {

/// The number of a dictionary's entry in row i.
std::int64_t key_at(std::string_view format, const ArrowArray& array, std::int64_t i) {
    std::int64_t key = 0;
    with_numbers(format, array.buffers[1],
                 [&](const auto* data) { key = static_cast<std::int64_t>(data[i]); });
    return key;
}

} // namespace

Labels Table::labels(std::string_view column) const {
    const ArrowSchema& schema = schema_of(column);
    const std::string_view format = schema.dictionary ? schema.dictionary->format : schema.format;
    Labels labels;
    labels.are_numbers = is_whole(format);
    if (!labels.are_numbers && !is_text(format)) {
        throw Error("column '" + std::string(column) +
                    "' must name series by text or whole numbers, but has Arrow's " + "format '" +
                    std::string(format) + "'");
    }
    std::int64_t row = 0;
    for (const Piece& piece : pieces_of(column)) {
        for (std::int64_t i = piece.offset; i < piece.offset + piece.length; ++i, ++row) {
            if (is_null(*piece.array, i)) {
                throw Error("column '" + std::string(column) + "' is null in row " + std::to_string(row) +
                            "; every row must name its series");
            }
            const ArrowArray& values = schema.dictionary ? *piece.array->dictionary : *piece.array;
            const std::int64_t at =
                schema.dictionary ? key_at(schema.format, *piece.array, i) + values.offset : i;
            if (labels.are_numbers) {
                std::int64_t number = key_at(format, values, at);
                if (row == 0 || labels.numbers.back() != number) {
                    labels.starts.push_back(row);
                    labels.numbers.push_back(number);
                }
            } else {
                const std::string_view text = text_at(format, values, at);
                if (row == 0 || labels.texts.back() != text) {
                    labels.starts.push_back(row);
                    labels.texts.emplace_back(text);
                }
            }
        }
    }
    return labels;
}

} // namespace timeloom_python
