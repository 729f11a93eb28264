using System.Buffers.Binary;
using System.Text;

namespace Odm.Engine.Native;

/// <summary>
/// What of a 64-bit little-endian ELF shared library is needed to edit the versions of the symbols that it imports: sections by
/// name, the dynamic symbols, and the needed versions (System V ABI, chapter 4; Linux Standard Base, "Symbol Versioning").
/// </summary>
internal sealed class ElfFile
{
    private readonly byte[] bytes;
    private readonly Dictionary<string, (int Offset, int Size)> sections = new(StringComparer.Ordinal);

    /// <summary>Reads the section headers; <see cref="FormatException"/> where there are none.</summary>
    public ElfFile(byte[] bytes)
    {
        this.bytes = bytes;
        if (bytes.Length < 64 || !bytes.AsSpan(0, 6).SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new FormatException("not a 64-bit little-endian ELF file");
        }
        var (headers, size, count, names) = ((int)Number64(0x28), Number16(0x3a), Number16(0x3c), Number16(0x3e));
        if (headers <= 0 || (long)headers + size * count > bytes.Length || names >= count)
        {
            throw new FormatException("no section headers");
        }
        var strings = (int)Number64(headers + names * size + 0x18);
        for (var i = 0; i < count; i++)
        {
            var at = headers + i * size;
            sections[Text(strings + Number32(at))] = ((int)Number64(at + 0x18), (int)Number64(at + 0x20));
        }
    }

    /// <summary>A needed version: offsets of its flags and of its index, and its name.</summary>
    public readonly record struct Needed(string Library, string Name, int FlagsAt, ushort Index);

    /// <summary>All versions that the file needs of other libraries (.gnu.version_r).</summary>
    public IEnumerable<Needed> NeededVersions()
    {
        var (strings, at) = (Section(".dynstr").Offset, Section(".gnu.version_r").Offset);
        while (true)
        {
            var (count, library, entry) = (Number16(at + 2), Text(strings + Number32(at + 4)), at + Number32(at + 8));
            for (var i = 0; i < count; i++, entry += Number32(entry + 12))
            {
                yield return new(library, Text(strings + Number32(entry + 8)), entry + 4, Number16(entry + 6));
            }
            if (Number32(at + 12) is not (> 0 and var next))
            {
                yield break;
            }
            at += next;
        }
    }

    /// <summary>A dynamic symbol: its name, the name's offset in the file, its version's index and that one's offset.</summary>
    public readonly record struct Symbol(string Name, int NameAt, ushort Version, int VersionAt);

    /// <summary>All dynamic symbols with their versions (.dynsym, .gnu.version).</summary>
    public IEnumerable<Symbol> Symbols()
    {
        var (strings, symbols, versions) = (Section(".dynstr").Offset, Section(".dynsym"), Section(".gnu.version").Offset);
        for (var i = 0; i < symbols.Size / 24; i++)
        {
            var name = strings + Number32(symbols.Offset + 24 * i);
            yield return new(Text(name), name, Number16(versions + 2 * i), versions + 2 * i);
        }
    }

    private (int Offset, int Size) Section(string name)
        => sections.TryGetValue(name, out var found) ? found : throw new FormatException($"no section {name}");

    private ushort Number16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private int Number32(int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

    private long Number64(int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

    private string Text(int at) => Encoding.ASCII.GetString(bytes.AsSpan(at)[..bytes.AsSpan(at).IndexOf((byte)0)]);
}
