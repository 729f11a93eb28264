using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Odm.Engine.Files;

/// <summary>
/// The part of Python's pickle format (protocol 2) that <c>torch.save</c> writes for dictionaries of tensors. Nothing is ever executed:
/// the few names that may be called are known here, all others are refused.
/// </summary>
internal static class Pickle
{
    /// <summary>A name of a module that the file refers to.</summary>
    private sealed record Global(string Name);

    /// <summary>Numbers that lie elsewhere in the file.</summary>
    internal sealed record Storage(string Type, string Key, long Count);

    /// <summary>A view of a storage.</summary>
    internal sealed record Array(Storage Storage, long Offset, long[] Shape, long[] Strides);

    private static readonly object Mark = new();

    /// <summary>
    /// Reads one pickle. Dictionaries, lists, arrays for tuples, texts, long or BigInteger, bool, null and <see cref="Array"/>.
    /// </summary>
    /// <exception cref="FormatException">Anything else.</exception>
    /// <exception cref="EndOfStreamException">The stream ends early.</exception>
    public static object? Read(BinaryReader reader)
    {
        var (stack, memo) = (new List<object?>(), new Dictionary<int, object?>());
        while (true)
        {
            var code = reader.ReadByte();
            switch (code)
            {
                case 0x80: _ = reader.ReadByte(); break;                                                 // PROTO
                case (byte)'q': memo[reader.ReadByte()] = stack[^1]; break;                              // BINPUT
                case (byte)'r': memo[reader.ReadInt32()] = stack[^1]; break;                             // LONG_BINPUT
                case (byte)'h': stack.Add(memo[reader.ReadByte()]); break;                               // BINGET
                case (byte)'j': stack.Add(memo[reader.ReadInt32()]); break;                              // LONG_BINGET
                case (byte)'(': stack.Add(Mark); break;
                case (byte)'K': stack.Add((long)reader.ReadByte()); break;
                case (byte)'M': stack.Add((long)reader.ReadUInt16()); break;
                case (byte)'J': stack.Add((long)reader.ReadInt32()); break;
                case 0x8a: stack.Add(Long(reader.ReadBytes(reader.ReadByte()))); break;                  // LONG1
                case (byte)'X': stack.Add(Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()))); break;
                case (byte)'c': stack.Add(new Global($"{Line(reader)}.{Line(reader)}")); break;
                case (byte)'N': stack.Add(null); break;
                case 0x88: stack.Add(true); break;
                case 0x89: stack.Add(false); break;
                case (byte)'}': stack.Add(new Dictionary<object, object?>()); break;
                case (byte)']': stack.Add(new List<object?>()); break;
                case (byte)')': stack.Add(System.Array.Empty<object?>()); break;
                case (byte)'t': stack.Add(ToMark(stack)); break;
                case 0x85 or 0x86 or 0x87: stack.Add(Take(stack, code - 0x84)); break;                   // TUPLE1 to 3
                case (byte)'u': Put(ToMark(stack), stack); break;                                        // SETITEMS
                case (byte)'s': Put(Take(stack, 2), stack); break;
                case (byte)'e': ((List<object?>)ToMarkOf(stack, out var items)).AddRange(items); break;  // APPENDS
                case (byte)'a': var last = Take(stack, 1)[0]; ((List<object?>)stack[^1]!).Add(last); break;
                case (byte)'Q': stack.Add(Stored(Take(stack, 1)[0])); break;                             // BINPERSID
                case (byte)'R': var call = Take(stack, 2); stack.Add(Called((Global)call[0]!, (object?[])call[1]!)); break;
                // BUILD: state of an ordered dictionary, versions of modules
                case (byte)'b': _ = Take(stack, 1); break;
                case (byte)'.': return stack[^1];
                default: throw new FormatException($"pickle code {code}");
            }
        }
    }

    private static object Long(byte[] littleEndian)
        => littleEndian.Length <= 8 ? (long)new BigInteger(littleEndian) : new BigInteger(littleEndian);

    private static string Line(BinaryReader reader)
    {
        var text = new StringBuilder();
        for (char c; (c = (char)reader.ReadByte()) != '\n';)
        {
            text.Append(c);
        }
        return text.ToString();
    }

    private static object?[] Take(List<object?> stack, int count)
    {
        var taken = stack[^count..].ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return taken;
    }

    private static object?[] ToMark(List<object?> stack)
    {
        var taken = Take(stack, stack.Count - 1 - stack.LastIndexOf(Mark));
        stack.RemoveAt(stack.Count - 1);
        return taken;
    }

    private static object ToMarkOf(List<object?> stack, out object?[] items)
    {
        items = ToMark(stack);
        return stack[^1]!;
    }

    private static void Put(object?[] pairs, List<object?> stack)
    {
        var map = (Dictionary<object, object?>)stack[^1]!;
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            map[pairs[i]!] = pairs[i + 1];
        }
    }

    private static Storage Stored(object? id)
    {
        var parts = (object?[])id!;
        return (string)parts[0]! == "storage" ? new(((Global)parts[1]!).Name, (string)parts[2]!, (long)parts[4]!)
            : throw new FormatException($"a reference to '{parts[0]}'");
    }

    private static object? Called(Global function, object?[] arguments) => function.Name switch
    {
        "collections.OrderedDict" when arguments.Length == 0 => new Dictionary<object, object?>(),
        "torch._utils._rebuild_tensor_v2" => new Array((Storage)arguments[0]!, (long)arguments[1]!, Longs(arguments[2]),
            Longs(arguments[3])),
        "torch._utils._rebuild_parameter" => arguments[0],
        _ => throw new FormatException($"a call of {function.Name}"),
    };

    private static long[] Longs(object? tuple) => System.Array.ConvertAll((object?[])tuple!, v => (long)v!);

    /// <summary>64 bits, little-endian.</summary>
    public static long Int64(BinaryReader reader) => BinaryPrimitives.ReadInt64LittleEndian(reader.ReadBytes(8));
}
