// A kernel's body as it grows, statement after statement.
#pragma once

#include <Halide.h>

#include <string>
#include <vector>

namespace timeloom::codegen {

/// The buffers of a stream's kernel, in the order of its arguments; its last one is the number of samples.
namespace stream_buffer {
inline const std::string parameters = "parameters", memory = "memory", input = "input", output = "output";
}

/// A vector of `lanes` floats that begins at number `index` of the buffer called `buffer`.
Halide::Expr load_lanes(const std::string& buffer, const Halide::Expr& index, int lanes);
/// The same value in all lanes.
Halide::Expr in_all_lanes(const Halide::Expr& value, int lanes);

class Statements {
  public:
    /// The value under a name of its own: it is computed here, and once.
    Halide::Expr keep(const std::string& name, const Halide::Expr& value);
    void store(const std::string& buffer, const Halide::Expr& value, const Halide::Expr& index);
    /// Lets what follows lie in a block of code of its own, which is run where `condition` is true.
    void begin_block(const Halide::Expr& condition);
    /// All of them in order.
    Halide::Internal::Stmt together() const;

  private:
    struct Statement {
        std::string name;   ///< of a kept value; empty: a store, or the beginning of a block
        Halide::Expr value; ///< or the block's condition
        Halide::Internal::Stmt store;
    };
    std::vector<Statement> statements_;
};

} // namespace timeloom::codegen
