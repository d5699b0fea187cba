"""Self-distillation with swapped logits, and the pull back to the start."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.train

B, T, V = 3, 7, 11


def logits(seed=0, *shape):
    import torch

    return torch.randn(*(shape or (B, T, V)), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def labels(seed=0):
    import torch

    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(seed))


def rows_of(tensor):
    return lambda places: tensor.flatten(0, 1)[places]


def by_hand(student, teacher, targets, temperature=1.0):
    """The definition, a token at a time."""
    import torch

    losses = []
    for row in range(B):
        for at in range(T - 1):
            gold = targets[row, at + 1].item()
            if gold == -100:
                continue
            z = teacher[row, at].clone()
            top = z.argmax().item()
            z[top], z[gold] = z[gold].clone(), z[top].clone()
            p, q = (torch.softmax(x / temperature, -1) for x in (z, student[row, at]))
            losses.append(temperature**2 * (p * (p / q).log()).sum())
    return torch.stack(losses)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, V - 1))
def test_swapping_permutes_the_logits_and_makes_the_gold_token_the_likeliest(seed, gold):
    import torch

    from synth.train.losses import swap_gold

    given_ = logits(seed, 1, V)
    swapped = swap_gold(given_, torch.tensor([gold]))
    assert swapped.argmax() == gold
    assert torch.equal(swapped.sort().values, given_.sort().values)
    moved = (swapped != given_).sum()
    assert moved == (0 if given_.argmax() == gold else 2)


def test_a_student_that_is_its_teacher_and_right_everywhere_loses_nothing():
    import torch

    from synth.train.losses import self_distillation

    z = logits().requires_grad_()
    right = torch.full((B, T), -100)
    right[:, 1:] = z.argmax(-1)[:, :-1]
    loss = self_distillation(z, rows_of(z.detach()), right)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert z.grad.abs().max() < 1e-6
    assert self_distillation(z, rows_of(z.detach()), labels()) > 0.1


@pytest.mark.parametrize("temperature", [0.5, 1, 2])
@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_the_loss_is_the_mean_over_the_tokens_that_count_whatever_the_chunk(temperature, chunk):
    from synth.train.losses import self_distillation

    student, teacher, targets = logits(1), logits(2), labels()
    targets[0, 3:] = -100
    targets[2] = -100
    loss = self_distillation(student, rows_of(teacher), targets, temperature=temperature, chunk=chunk)
    assert loss.item() == pytest.approx(by_hand(student, teacher, targets, temperature).mean().item(), rel=1e-5)


@pytest.mark.parametrize("temperature", [0.5, 1, 2])
def test_the_gradient_is_that_of_the_definition(temperature):
    import torch

    from synth.train.losses import self_distillation

    teacher, targets = logits(2), labels()
    targets[1, 2:5] = -100
    ours, theirs = logits(1).requires_grad_(), logits(1).requires_grad_()
    (3 * self_distillation(ours, rows_of(teacher), targets, temperature=temperature, chunk=4)).backward()
    (3 * by_hand(theirs, teacher, targets, temperature).mean()).backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-4, atol=1e-7)


def test_only_the_sequences_that_are_asked_for_are_distilled():
    import torch

    from synth.train.losses import self_distillation

    student, teacher, targets = logits(1).requires_grad_(), logits(2), labels()
    where = torch.tensor([[True], [False], [True]])
    loss = self_distillation(student, rows_of(teacher), targets, where)
    loss.backward()
    masked = targets.masked_fill(~where, -100)
    assert loss.item() == pytest.approx(by_hand(student, teacher, masked).mean().item(), rel=1e-5)
    assert student.grad[1].abs().max() == 0
    assert student.grad[2].abs().max() > 0


def test_a_mask_by_token_belongs_to_the_label_not_to_the_token_before_it():
    import torch

    from synth.train.losses import self_distillation

    student, teacher, targets = logits(1), logits(2), labels()
    where = torch.arange(T).expand(B, T) >= 4
    masked = targets.masked_fill(~where, -100)
    loss = self_distillation(student, rows_of(teacher), targets, where)
    assert loss.item() == pytest.approx(by_hand(student, teacher, masked).mean().item(), rel=1e-5)


def test_micro_batches_add_up_to_the_batch():
    from synth.train.losses import self_distillation

    student, teacher, targets = logits(1), logits(2), labels()
    targets[0, 3:] = -100
    counted = (targets[:, 1:] != -100).sum().item()
    whole = self_distillation(student, rows_of(teacher), targets)
    parts = [
        self_distillation(student[at : at + 1], rows_of(teacher[at : at + 1]), targets[at : at + 1], n_tokens=counted)
        for at in range(B)
    ]
    assert sum(parts).item() == pytest.approx(whole.item(), rel=1e-5)


def test_a_batch_in_which_nothing_counts_has_no_loss_and_no_gradient():
    import torch

    from synth.train.losses import self_distillation

    student = logits(1).requires_grad_()
    loss = self_distillation(student, rows_of(logits(2)), torch.full((B, T), -100))
    loss.backward()
    assert loss.item() == 0
    assert student.grad.abs().max() == 0


def test_the_teacher_is_never_asked_for_more_than_a_chunk():
    from synth.train.losses import self_distillation

    asked = []

    def teacher(places):
        asked.append(len(places))
        return logits(2).flatten(0, 1)[places]

    student = logits(1).requires_grad_()
    self_distillation(student, teacher, labels(), chunk=4).backward()
    assert max(asked) == 4
    assert sum(asked) == B * (T - 1)


def test_half_precision_is_measured_in_full():
    import torch

    from synth.train.losses import self_distillation

    student, teacher, targets = logits(1).bfloat16().requires_grad_(), logits(2).bfloat16(), labels()
    loss = self_distillation(student, rows_of(teacher), targets)
    loss.backward()
    exact = by_hand(student.detach().double(), teacher.double(), targets).mean().item()
    assert loss.dtype == torch.float32
    assert student.grad.dtype == torch.bfloat16
    assert loss.item() == pytest.approx(exact, rel=1e-5)


def pulled(strength, rates, device=None):
    """A weight's distance from its start after steps without a gradient, and the start."""
    import torch

    from synth.train.losses import pull_back, starting_weights

    model = torch.nn.Linear(2, 3, bias=False).double()
    start = starting_weights(model, device)
    with torch.no_grad():
        model.weight += 1
    optimizer = torch.optim.AdamW(model.parameters(), lr=1, weight_decay=0)
    pull_back(optimizer, model, start, strength)
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        model.weight.grad = torch.zeros_like(model.weight)
        optimizer.step()
    return (model.weight - start["weight"]).detach()


@pytest.mark.parametrize("device", [None, "cpu"])
def test_a_weight_is_drawn_back_by_the_learning_rate_of_each_step(device):
    import torch

    rates = [0.1, 0.2, 0.05]
    expected = (1 - 0.1 * 0.5) * (1 - 0.2 * 0.5) * (1 - 0.05 * 0.5)
    torch.testing.assert_close(pulled(0.5, rates, device), torch.full((3, 2), expected).double())


def test_a_pull_is_never_past_the_start():
    assert pulled(100, [0.1]).abs().max() == 0


def test_the_pull_comes_after_the_step_and_leaves_its_moments_alone():
    import torch

    from synth.train.losses import pull_back, starting_weights

    def run(strength):
        torch.manual_seed(0)
        model = torch.nn.Linear(4, 4, bias=False).double()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.0)
        start = starting_weights(model)
        if strength:
            pull_back(optimizer, model, start, strength)
        model.weight.grad = torch.ones_like(model.weight)
        optimizer.step()
        return model.weight.detach() - start["weight"], optimizer.state[model.weight]["exp_avg"]

    (free, free_moments), (drawn, moments) = run(0), run(2)
    torch.testing.assert_close(drawn, free * (1 - 0.1 * 2))
    assert torch.equal(moments, free_moments)


def test_weights_that_are_not_trained_are_not_copied():
    import torch

    from synth.train.losses import starting_weights

    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    model[0].requires_grad_(False)
    copies = starting_weights(model)
    assert set(copies) == {"1.weight", "1.bias"}
    model[1].weight.data.zero_()
    assert copies["1.weight"].abs().max() > 0


def test_a_start_of_another_model_is_refused():
    import torch

    from synth.train.losses import pull_back, starting_weights

    model = torch.nn.Linear(2, 2)
    wrapped = torch.nn.Sequential(model)
    optimizer = torch.optim.AdamW(wrapped.parameters(), lr=1)
    with pytest.raises(ValueError, match=r"no parameters bias, weight in the model"):
        pull_back(optimizer, wrapped, starting_weights(model), 1)
