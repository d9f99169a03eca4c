// A table that came through Arrow's C stream: its columns as numpy arrays, copied only where they must be.
#pragma once

#include "arrow_interface.hpp"

#include <nanobind/nanobind.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom_python {

/// Where series begin in a column of names, and what they are called: text, or whole numbers.
struct Labels {
    std::vector<std::int64_t> starts;
    std::vector<std::string> texts;
    std::vector<std::int64_t> numbers;
    bool are_numbers = false;
};

class Table {
  public:
    /// Takes the stream out of its capsule. Throws Error for what is no stream of tables.
    explicit Table(nanobind::capsule stream);

    std::size_t rows() const { return rows_; }
    std::vector<std::string> names() const;
    /// Arrow's format of a column: "g" float64, "tsu:UTC" timestamps, …
    std::string format(std::string_view column) const;

    /// Float64; nulls are NaN. Without a copy where the column is one chunk of them. Throws Error for a column
    /// that does not hold numbers.
    nanobind::object floats(std::string_view column) const;
    /// Whole numbers, dates and times as int64, (rows). Throws Error for nulls and other columns.
    std::vector<std::int64_t> integers(std::string_view column) const;
    /// The runs of equal values of a column.
    Labels labels(std::string_view column) const;

  private:
    /// A column's rows in one chunk.
    struct Piece {
        const ArrowArray* array;
        std::int64_t offset, length;
    };
    struct Contents {
        Released<ArrowSchema> schema;
        std::vector<Released<ArrowArray>> chunks;
    };
    std::size_t number_of(std::string_view column) const;
    const ArrowSchema& schema_of(std::string_view column) const;
    std::vector<Piece> pieces_of(std::string_view column) const;

    std::shared_ptr<Contents> contents_; ///< shared with the arrays that look into it
    std::size_t rows_ = 0;
};

/// A column to hand out: numbers in memory that `owner` keeps, or texts.
struct OutColumn {
    std::string name, format;
    const void* data = nullptr;
    std::vector<std::string> texts;
    nanobind::object owner;
};

/// A capsule of a stream with one chunk of these columns.
nanobind::object to_stream(std::vector<OutColumn> columns, std::size_t rows);

} // namespace timeloom_python
