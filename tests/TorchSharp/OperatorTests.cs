using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

/// <summary>C#'s operators, on numbers worked on paper.</summary>
public class OperatorTests
{
    internal static readonly HashSet<string> Covered = [.. "op_Addition op_Subtraction op_Multiply op_Division op_Modulus op_Equality op_Inequality op_LessThan op_LessThanOrEqual op_GreaterThan op_GreaterThanOrEqual op_UnaryNegation op_OnesComplement op_BitwiseAnd op_BitwiseOr op_ExclusiveOr".Split(' ')];

    private static float[] Values(Tensor tensor) => tensor.@float().data<float>().ToArray();

    [Fact]
    public void Arithmetic_takes_tensors_and_numbers_on_either_side()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2f, 4f]);
        var y = tensor([2f, 2f, 8f]);
        Values(x + y).ShouldBe([3f, 4f, 12f]);
        Values(x - y).ShouldBe([-1f, 0f, -4f]);
        Values(x * y).ShouldBe([2f, 4f, 32f]);
        Values(x / y).ShouldBe([.5f, 1f, .5f]);
        Values(x % 3).ShouldBe([1f, 2f, 1f]);
        Values(x % tensor([2f, 3f, 3f])).ShouldBe([1f, 2f, 1f]);
        foreach (var sum in new[] { x + 1, x + 1L, x + 1f, x + 1d, x + (Scalar)1, 1 + x, 1L + x, 1f + x, 1d + x, (Scalar)1 + x }) Values(sum).ShouldBe([2f, 3f, 5f]);
        foreach (var less in new[] { x - 1, x - 1L, x - 1f, x - 1d, x - (Scalar)1 }) Values(less).ShouldBe([0f, 1f, 3f]);
        foreach (var rest in new[] { 5 - x, 5L - x, 5f - x, 5d - x, (Scalar)5 - x }) Values(rest).ShouldBe([4f, 3f, 1f]);
        foreach (var product in new[] { x * 2, x * 2L, x * 2f, x * 2d, x * (Scalar)2, 2 * x, 2L * x, 2f * x, 2d * x, (Scalar)2 * x }) Values(product).ShouldBe([2f, 4f, 8f]);
        foreach (var half in new[] { x / 2, x / 2L, x / 2f, x / 2d, x / (Scalar)2 }) Values(half).ShouldBe([.5f, 1f, 2f]);
        foreach (var share in new[] { 4 / x, 4L / x, 4f / x, 4d / x, (Scalar)4 / x }) Values(share).ShouldBe([4f, 2f, 1f]);
        Values(-x).ShouldBe([-1f, -2f, -4f]);
    }

    [Fact]
    public void A_number_keeps_the_tensors_type_and_integers_divide_to_floats()
    {
        using var scope = NewDisposeScope();
        (ones(2) * 2.5).dtype.ShouldBe(ScalarType.Float32);
        (tensor([1, 2]) + 1L).dtype.ShouldBe(ScalarType.Int32);
        (tensor([1, 2]) + 0.5).dtype.ShouldBe(ScalarType.Float32);
        (tensor([1L, 2L]) / 2).dtype.ShouldBe(ScalarType.Float32);
        (1 / tensor([2L, 4L])).data<float>().ToArray().ShouldBe([.5f, .25f]);
    }

    [Fact]
    public void Comparisons_and_logic_give_masks()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1L, 2L, 3L]);
        var y = tensor([2L, 2L, 2L]);
        Values(x < y).ShouldBe([1f, 0f, 0f]);
        Values(x <= y).ShouldBe([1f, 1f, 0f]);
        Values(x > y).ShouldBe([0f, 0f, 1f]);
        Values(x >= 2).ShouldBe([0f, 1f, 1f]);
        Values((Scalar)2 > x).ShouldBe([1f, 0f, 0f]);
        Values(x == y).ShouldBe([0f, 1f, 0f]);
        Values(x != 2).ShouldBe([1f, 0f, 1f]);
        Values((x > 1) & (x < 3)).ShouldBe([0f, 1f, 0f]);
        Values((x < 2) | (x > 2)).ShouldBe([1f, 0f, 1f]);
        Values((x < 3) ^ (x > 1)).ShouldBe([1f, 0f, 1f]);
        Values(~(x > 2)).ShouldBe([1f, 1f, 0f]);
    }

    [Fact]
    public void Quotients_of_a_number_have_gradients()
    {
        using var scope = NewDisposeScope();
        var x = tensor([2f], requires_grad: true);
        (8 / x).sum().backward();
        x.grad!.ToSingle().ShouldBe(-2f);
    }
}
