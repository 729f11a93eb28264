using System.Runtime.CompilerServices;
using Odm.Engine.Native;

namespace Odm.Tests;

/// <summary>Tests compute with tensors outside of runs too: numbers are freed late in every test process (docs/decisions/numbers.md).</summary>
internal static class KeepNumbers
{
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Start() => NativeLibraries.KeepNumbers();
#pragma warning restore CA2255
}
