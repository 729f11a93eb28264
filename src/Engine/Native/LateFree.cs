using System.Runtime.InteropServices;
using TorchSharp;

namespace Odm.Engine.Native;

/// <summary>
/// Numbers that live a little longer than TorchSharp lets them. TorchSharp 0.107 reads the native handle of a <see cref="Scalar"/> and does
/// not keep the object alive during the call, in its own code too (<c>Tensor.square</c>, <c>x * 2</c>): the garbage collector may free the
/// number under the operator's hands, which then ends with "Unknown scalar type". Here the library's function that frees a number is led to
/// <see cref="Retire"/>, which frees it when thousands more have come (docs/decisions/numbers.md). Linux on x64 alone.
/// </summary>
internal static unsafe partial class LateFree
{
    /// <summary>Numbers that wait to be freed, 32 bytes each.</summary>
    public const int Waiting = 1 << 14;

    private const string Function = "THSTorch_dispose_scalar";
    private const int ReadWriteRun = 7;
    private const int ReadRun = 5;

    private static readonly nint[] Ring = new nint[Waiting];
    private static int next;

    /// <summary>Whether numbers are freed late in this process.</summary>
    public static bool Active { get; private set; }

    /// <summary>
    /// Leads the function to <see cref="Retire"/>; loads TorchSharp's library. Nothing happens where the function is not the one of
    /// 0.107.0, or the system does not allow it.
    /// </summary>
    public static void Install()
    {
        if (Active || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            if (!NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out var library)
                || !NativeLibrary.TryGetExport(library, Function, out var function))
            {
                return;
            }
            var code = new Span<byte>((void*)function, 12);
            if (!code.StartsWith((ReadOnlySpan<byte>)[0x48, 0x85, 0xFF, 0x74])) // test rdi, rdi; je: as in 0.107.0
            {
                return;
            }
            var page = function & ~(nint)(Environment.SystemPageSize - 1);
            var length = (nuint)(function + code.Length - page);
            if (Protect(page, length, ReadWriteRun) != 0)
            {
                return;
            }
            delegate* unmanaged<nint, void> retire = &Retire;
            code[0] = 0x48; // mov rax, address
            code[1] = 0xB8;
            BitConverter.TryWriteBytes(code[2..], (long)(nint)retire);
            code[10] = 0xFF; // jmp rax
            code[11] = 0xE0;
            _ = Protect(page, length, ReadRun);
            Active = true;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or ExternalException
            or InvalidOperationException or EntryPointNotFoundException)
        {
            Active = false; // the library does not load: whoever needs it says why
        }
    }

    // TorchSharp's numbers are plain values, which own nothing: their memory is all there is to free
    [UnmanagedCallersOnly]
    private static void Retire(nint number)
    {
        if (number != 0)
        {
            var old = Interlocked.Exchange(ref Ring[(uint)Interlocked.Increment(ref next) % Waiting], number);
            NativeMemory.Free((void*)old);
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(nint address, nuint length, int rights);
}
