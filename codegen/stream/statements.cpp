#include "timeloom/codegen/stream/statements.hpp"

namespace timeloom::codegen {

using namespace Halide;
using namespace Halide::Internal;

namespace {

Expr places(const Expr& first, int lanes) { return lanes == 1 ? first : Ramp::make(first, 1, lanes); }

/// The caller's buffers may begin at any float; Halide takes one without a parameter to begin as a vector
/// must.
Parameter parameter_of(const std::string& buffer) {
    const bool is_callers = buffer == stream_buffer::input || buffer == stream_buffer::output;
    return is_callers ? Parameter(Float(32), true, 1, buffer) : Parameter();
}

} // namespace

Expr load_lanes(const std::string& buffer, const Expr& index, int lanes) {
    return Load::make(Float(32, lanes), buffer, places(index, lanes), Buffer<>(), parameter_of(buffer),
                      const_true(lanes), ModulusRemainder());
}

Expr in_all_lanes(const Expr& value, int lanes) { return lanes == 1 ? value : Broadcast::make(value, lanes); }

Expr Statements::keep(const std::string& name, const Expr& value) {
    if (value.as<Variable>() != nullptr || is_const(value)) {
        return value;
    }
    statements_.push_back({unique_name(name), value, Stmt()});
    return Variable::make(value.type(), statements_.back().name);
}

void Statements::store(const std::string& buffer, const Expr& value, const Expr& index) {
    const int lanes = value.type().lanes();
    statements_.push_back({"", Expr(),
                           Store::make(buffer, value, places(index, lanes), parameter_of(buffer),
                                       const_true(lanes), ModulusRemainder())});
}

void Statements::begin_block(const Expr& condition) { statements_.push_back({"", condition, Stmt()}); }

Stmt Statements::together() const {
    Stmt all;
    for (auto s = statements_.rbegin(); s != statements_.rend(); ++s) {
        if (s->store.defined()) {
            all = all.defined() ? Block::make(s->store, all) : s->store;
        } else if (s->name.empty()) {
            all = all.defined() ? IfThenElse::make(s->value, all) : all;
        } else {
            all = LetStmt::make(s->name, s->value, all.defined() ? all : Evaluate::make(0));
        }
    }
    return all;
}

} // namespace timeloom::codegen
