using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Odm.Engine.Native;

/// <summary>
/// Lets libLibTorchSharp.so of TorchSharp 0.107.0 load on a system whose libstdc++ is older than GCC 13's (docs/decisions/libstdcxx.md).
/// The one symbol of GLIBCXX_3.4.32 that it imports is <c>std::ios_base_library_init()</c>, which only initialises iostreams. It is
/// renamed to the constructor <c>std::ios_base::Init::Init()</c>, which does the same in every libstdc++ and does not use <c>this</c>.
/// </summary>
internal static class IostreamsInit
{
    /// <summary>The symbol that an older libstdc++ lacks.</summary>
    public const string NewSymbol = "_ZSt21ios_base_library_initv";

    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string OldVersion = "GLIBCXX_3.4";
    private const string Known = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8"; // TorchSharp 0.107.0, linux-x64

    /// <summary>What is to be done with a library.</summary>
    public enum Finding
    {
        /// <summary>It does not need the symbol: another build, or one that was edited before.</summary>
        Loads,

        /// <summary>It is the one that <see cref="Edited"/> knows.</summary>
        Editable,

        /// <summary>It needs the symbol, or is no library, and is not the one that is known.</summary>
        Unknown,
    }

    /// <summary>Looks at a library.</summary>
    public static Finding Of(byte[] library)
    {
        try
        {
            if (!new ElfFile(library).NeededVersions().Any(v => v.Name == NewVersion && (library[v.FlagsAt] & Weak) == 0))
            {
                return Finding.Loads;
            }
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return Finding.Unknown; // truncated
        }
        return Convert.ToHexStringLower(SHA256.HashData(library)) == Known ? Finding.Editable : Finding.Unknown;
    }

    private const byte Weak = 2; // VER_FLG_WEAK: the loader does not insist on this version

    /// <summary>
    /// The three edits, on a copy: the needed version becomes weak, the symbol takes the constructor's name and that one's version.
    /// </summary>
    public static byte[] Edited(byte[] library)
    {
        var copy = (byte[])library.Clone();
        var file = new ElfFile(copy);
        var versions = file.NeededVersions().ToList();
        var (newer, older) = (versions.Single(v => v.Name == NewVersion),
            versions.Single(v => v.Name == OldVersion && v.Library == "libstdc++.so.6"));
        var symbol = file.Symbols().Single(s => s.Version == newer.Index); // one symbol is the whole difference
        if (symbol.Name != NewSymbol)
        {
            throw new FormatException($"{symbol.Name} needs {NewVersion}; only {NewSymbol} is known");
        }
        copy[newer.FlagsAt] |= Weak;
        var name = copy.AsSpan(symbol.NameAt, NewSymbol.Length);
        name.Clear();
        Encoding.ASCII.GetBytes(OldSymbol, name);
        BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(symbol.VersionAt), older.Index);
        return copy;
    }
}
