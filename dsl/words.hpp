// The words of a declaration: all that `using namespace timeloom::dsl` brings in. What they make of it
// (graphs, layers, networks as plain data, and what checks them) lies in timeloom::declaration, so that a
// user's own `network`, `layer` or `node` meets nothing of that name.
#pragma once

#include "timeloom/dsl/cells/cells.hpp"
#include "timeloom/dsl/cells/print.hpp"
#include "timeloom/dsl/layers/layer_normalization.hpp"
#include "timeloom/dsl/layers/layers.hpp"
#include "timeloom/dsl/layers/stacked_cells.hpp"
#include "timeloom/dsl/models/model.hpp"

namespace timeloom::dsl {

// Cells: what they read, products, what they hand on.
using declaration::affine;
using declaration::cell;
using declaration::expr;
using declaration::gates;
using declaration::inputs;
using declaration::next;
using declaration::output;
using declaration::product;
using declaration::state;
using declaration::weights;

// Operations of equations, the first of which are also activations of layers.
using declaration::linear;
using declaration::relu;
using declaration::sigmoid;
using declaration::softplus;
using declaration::tanh;

using declaration::abs;
using declaration::exp;
using declaration::greater;
using declaration::log;
using declaration::max;
using declaration::min;
using declaration::sqrt;

// Built-in cells, and a cell's equations as text.
using declaration::dense_cell;
using declaration::differentiate;
using declaration::gru_cell;
using declaration::gru_reset_before_cell;
using declaration::lstm_cell;
using declaration::print;
using declaration::simple_rnn_cell;

// Models, and names in them.
using declaration::functional;
using declaration::initial_state;
using declaration::named;
using declaration::reads;
using declaration::sequential;
using declaration::shared;

// Layers.
using declaration::activation;
using declaration::add;
using declaration::average;
using declaration::average_pooling1d;
using declaration::backward_of;
using declaration::bidirectional;
using declaration::concatenate;
using declaration::dense;
using declaration::dropout;
using declaration::embedding;
using declaration::flatten;
using declaration::forward_of;
using declaration::global_average_pooling1d;
using declaration::global_max_pooling1d;
using declaration::gru;
using declaration::input;
using declaration::layer_normalization;
using declaration::lstm;
using declaration::masking;
using declaration::max_pooling1d;
using declaration::multiply;
using declaration::recurrent;
using declaration::repeat_vector;
using declaration::return_state;
using declaration::simple_rnn;
using declaration::softmax;
using declaration::stacked_cells;
using declaration::subtract;
using declaration::time_distributed;
using declaration::vector_input;

// Options of layers.
using declaration::axis;
using declaration::center;
using declaration::go_backwards;
using declaration::mask_zero;
using declaration::ragged;
using declaration::recurrent_activation;
using declaration::recurrent_dropout;
using declaration::reset_after;
using declaration::return_sequences;
using declaration::same_padding;
using declaration::scale;
using declaration::stateful;
using declaration::truncate;
using declaration::unit_forget_bias;
using declaration::unroll;
using declaration::use_bias;
namespace merge = declaration::merge;

// Initializers, regularizers and constraints, and the parameters that they are for.
using declaration::constant;
using declaration::glorot_normal;
using declaration::glorot_uniform;
using declaration::he_normal;
using declaration::he_uniform;
using declaration::lecun_normal;
using declaration::lecun_uniform;
using declaration::ones;
using declaration::orthogonal;
using declaration::random_normal;
using declaration::random_uniform;
using declaration::truncated_normal;
using declaration::zeros;

using declaration::l1;
using declaration::l1_l2;
using declaration::l2;
using declaration::max_norm;

using declaration::beta_constraint;
using declaration::beta_initializer;
using declaration::beta_regularizer;
using declaration::bias_constraint;
using declaration::bias_initializer;
using declaration::bias_regularizer;
using declaration::embeddings_constraint;
using declaration::embeddings_initializer;
using declaration::embeddings_regularizer;
using declaration::gamma_constraint;
using declaration::gamma_initializer;
using declaration::gamma_regularizer;
using declaration::kernel_constraint;
using declaration::kernel_initializer;
using declaration::kernel_regularizer;
using declaration::recurrent_constraint;
using declaration::recurrent_initializer;
using declaration::recurrent_regularizer;

} // namespace timeloom::dsl
