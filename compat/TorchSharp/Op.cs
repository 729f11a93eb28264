using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// An ATen operator, called through the door. How to add one: declare it once, <c>static readonly Op add = new("add.Tensor")</c>
/// (name and overload as in native_functions.yaml; another namespace is written <c>"odm::name"</c>), and call it with its
/// arguments in the schema's order: <c>add.Call(x, y, 2.0)</c>. Arguments left out at the end take the schema's defaults, a
/// null Tensor, Scalar, dtype, device, generator or list is None (also <see cref="Arg.None"/>), and autograd records the call.
/// <see cref="Call"/> returns one new tensor, <see cref="Self"/> the first argument (in-place operators),
/// <see cref="Pair"/>, <see cref="Triple"/> and <see cref="List"/> several. A call allocates nothing but the tensors it returns.
/// </summary>
internal sealed unsafe class Op(string name)
{
    private nint handle;

    private nint Handle => handle != 0 ? handle : Resolve();

    private nint Resolve()
    {
        var qualified = name.Contains("::", StringComparison.Ordinal) ? name : "aten::" + name;
        var dot = qualified.IndexOf('.', StringComparison.Ordinal);
        return handle = Check(dot < 0 ? odm_operator(qualified, "") : odm_operator(qualified[..dot], qualified[(dot + 1)..]));
    }

    /// <summary>Whether this libtorch has the operator.</summary>
    internal bool Exists
    {
        get
        {
            try
            {
                return Handle != 0;
            }
            catch (ExternalException)
            {
                return false;
            }
        }
    }

    /// <summary>Calls the operator; its one result.</summary>
    internal Tensor Call(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        return Take(result)!;
    }

    /// <summary>Calls an operator without results.</summary>
    internal void Run(params ReadOnlySpan<Arg> args) => Invoke(args, null, 0);

    /// <summary>Calls an in-place operator; returns its first argument.</summary>
    internal Tensor Self(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        odm_release((nint)result.Bits);
        return (Tensor)args[0].Reference!;
    }

    /// <summary>Calls an operator with two results.</summary>
    internal (Tensor, Tensor) Pair(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[2];
        Invoke(args, results, 2);
        return (Take(results[0])!, Take(results[1])!);
    }

    /// <summary>Calls an operator with three results; one that is undefined is null.</summary>
    internal (Tensor, Tensor, Tensor) Triple(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[3];
        Invoke(args, results, 3);
        return (Take(results[0])!, Take(results[1])!, Take(results[2])!);
    }

    /// <summary>Calls an operator that returns a list of tensors.</summary>
    internal Tensor[] List(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        var tensors = new Tensor[result.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(((nint*)result.Bits)[i]);
        odm_free_list((nint)result.Bits);
        return tensors;
    }

    /// <summary>Calls an operator that returns a bool.</summary>
    internal bool Test(params ReadOnlySpan<Arg> args)
    {
        Value result;
        Invoke(args, &result, 1);
        return result.Bits != 0;
    }

    private static Tensor? Take(in Value value) => value.Tag == Tag.Tensor ? new Tensor((nint)value.Bits) : null;

    [SkipLocalsInit]
    private void Invoke(ReadOnlySpan<Arg> args, Value* results, int capacity)
    {
        var words = 0;
        foreach (ref readonly var arg in args) words += arg.Words;
        if (words > 2048)
        {
            var large = new long[words];
            fixed (long* room = large) Invoke(args, results, capacity, room);
            return;
        }
        var small = stackalloc long[words + 1];
        Invoke(args, results, capacity, small);
    }

    [SkipLocalsInit]
    private void Invoke(ReadOnlySpan<Arg> args, Value* results, int capacity, long* room)
    {
        var values = stackalloc Value[args.Length];
        for (var i = 0; i < args.Length; i++) room += args[i].Write(values + i, room);
        if (odm_call(Handle, values, args.Length, results, capacity) < 0) throw Error();
    }
}

/// <summary>An argument of an <see cref="Op"/>: whatever converts implicitly, or a factory for what cannot.</summary>
internal readonly struct Arg
{
    private readonly Tag tag;
    private readonly long bits;
    internal readonly object? Reference;

    private Arg(Tag tag, long bits, object? reference = null)
    {
        this.tag = tag;
        this.bits = bits;
        Reference = reference;
    }

    /// <summary>None: an optional argument not given.</summary>
    internal static Arg None => default;

    /// <summary>An optional tensor list; null items allowed.</summary>
    internal static Arg Tensors(IEnumerable<Tensor?> tensors) => new(Tag.Tensors, 0, tensors as Tensor?[] ?? tensors.ToArray());

    internal static Arg Bools(bool[] values) => new(Tag.Bools, 0, values);

    public static implicit operator Arg(Tensor? value) => value is null ? default : new(Tag.Tensor, value.Handle, value);
    public static implicit operator Arg(int value) => new(Tag.Int, value);
    public static implicit operator Arg(long value) => new(Tag.Int, value);
    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Arg(long? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(int? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(double? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(bool? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(Scalar? value) => value is null ? default : new(value.Tag, value.Bits);
    public static implicit operator Arg(ScalarType value) => new(Tag.Int, (long)value);
    public static implicit operator Arg(ScalarType? value) => value is { } given ? given : default(Arg);
    public static implicit operator Arg(Device? value) => value is null ? default : new(Tag.Device, value.Bits);
    public static implicit operator Arg(Generator? value) => value is null ? default : new(Tag.Generator, value.Handle, value);
    public static implicit operator Arg(long[]? value) => value is null ? default : new(Tag.Ints, 0, value);
    public static implicit operator Arg(ReadOnlySpan<long> value) => value.ToArray();
    public static implicit operator Arg(double[]? value) => value is null ? default : new(Tag.Doubles, 0, value);
    public static implicit operator Arg(Tensor[]? value) => value is null ? default : new(Tag.Tensors, 0, value);
    public static implicit operator Arg(string? value) => value is null ? default : new(Tag.String, 0, value);

    /// <summary>How many 8-byte words of room the contents of a list take.</summary>
    internal int Words => tag switch
    {
        Tag.Ints or Tag.Doubles or Tag.Tensors or Tag.Bools => Unsafe.As<Array>(Reference!).Length,
        Tag.String => Encoding.UTF8.GetMaxByteCount(Unsafe.As<string>(Reference!).Length) / sizeof(long) + 1,
        _ => 0,
    };

    /// <summary>Writes the value, and the contents of a list into <paramref name="room"/>; the words taken.</summary>
    internal unsafe int Write(Value* value, long* room)
    {
        value->Tag = tag;
        value->Bits = bits;
        if (tag is not (>= Tag.Ints and <= Tag.String or Tag.Bools)) return 0;
        value->Bits = (long)room;
        var words = Words;
        value->Length = words;
        switch (Reference)
        {
            case long[] ints: ints.CopyTo(new Span<long>(room, words)); break;
            case double[] doubles: doubles.CopyTo(new Span<double>(room, words)); break;
            case Tensor?[] tensors:
                for (var i = 0; i < words; i++) room[i] = tensors[i]?.Handle ?? 0;
                break;
            case bool[] bools:
                for (var i = 0; i < words; i++) room[i] = bools[i] ? 1 : 0;
                break;
            case string text: value->Length = Encoding.UTF8.GetBytes(text, new Span<byte>(room, words * sizeof(long))); break;
        }
        return words;
    }
}
