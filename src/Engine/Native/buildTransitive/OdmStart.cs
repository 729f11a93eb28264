// Compiled into every program that builds against Odm (Odm.Engine.targets): TorchSharp's native library is made ready before the
// program's own code can touch it (docs/decisions/libstdcxx.md).
namespace Odm.Generated;

internal static class OdmStart
{
#pragma warning disable CA2255
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Start() => Odm.Engine.Native.NativeLibraries.Touch();
#pragma warning restore CA2255
}
