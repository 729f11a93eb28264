using TorchSharp;

namespace Odm.Engine.Runtime;

/// <summary>
/// Numbers as operators take them. TorchSharp 0.107 reads the native handle of a <see cref="Scalar"/> and does not keep the object
/// alive during the call: the garbage collector may free a temporary one under the operator's hands, which then ends with "Unknown scalar
/// type". These stay alive for the next thousand numbers of their thread. The implicit conversion is
/// therefore banned in the product (src/BannedSymbols.Tensors.txt).
/// </summary>
public static class Number
{
    private const int Kept = 1024;

    [ThreadStatic]
    private static Scalar[]? ring;

    [ThreadStatic]
    private static int next;

    /// <summary>A floating point number.</summary>
    /// <param name="value">The number.</param>
    public static Scalar Of(double value) => Keep(value.ToScalar());

    /// <summary>An integer; the result of an operator on a tensor of integers is one of integers.</summary>
    /// <param name="value">The number.</param>
    public static Scalar Of(long value) => Keep(value.ToScalar());

    /// <summary>A truth value.</summary>
    /// <param name="value">The value.</param>
    public static Scalar Of(bool value) => Keep(value.ToScalar());

    private static Scalar Keep(Scalar number)
    {
        ring ??= new Scalar[Kept];
        ring[next] = number;
        next = (next + 1) % Kept;
        return number;
    }
}
