using TorchSharp;

namespace Odm.Engine.Runtime;

/// <summary>
/// Numbers for operators that run often. TorchSharp 0.107 reads the native handle of a <see cref="Scalar"/> and does not keep the object
/// alive during the call: the garbage collector may free a temporary one under the operator's hands, which then ends with "Unknown scalar
/// type". These stay alive for the next thousand numbers of their thread.
/// </summary>
public static class Number
{
    private const int Kept = 1024;

    [ThreadStatic]
    private static Scalar[]? ring;

    [ThreadStatic]
    private static int next;

    /// <summary>The number as an operator takes it.</summary>
    public static Scalar Of(double value)
    {
        ring ??= new Scalar[Kept];
        Scalar number = value;
        ring[next] = number;
        next = (next + 1) % Kept;
        return number;
    }
}
