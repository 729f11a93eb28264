using System.Globalization;

namespace TorchSharp;

/// <summary>Kinds of device, numbered as in TorchSharp.</summary>
public enum DeviceType
{
    CPU = 0, CUDA = 1, MKLDNN = 2, OPENGL = 3, OPENCL = 4, IDEEP = 5, HIP = 6, FPGA = 7, MSNPU = 8, XLA = 9, MPS = 13, META = 14,
}

public static partial class torch
{
    /// <summary>A kind of device and, where there are several, which of them.</summary>
    public class Device
    {
        /// <summary>The kind.</summary>
        public DeviceType type { get; }

        /// <summary>Which of its kind; -1 for the CPU and for the current one.</summary>
        public int index { get; }

        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            index = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : type == DeviceType.CPU ? -1 : 0;
        }

        public Device(string deviceType, int index = -1) : this(Parse(deviceType), index) { }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = deviceType == DeviceType.CPU ? -1 : index;
        }

        public Device(int index) : this(DeviceType.CUDA, index) { }

        internal long Bits => ((long)type << 8) | ((long)index & 255);

        internal static Device FromBits(long bits) => new((DeviceType)(bits >> 8), (sbyte)(bits & 255));

        private static DeviceType Parse(string kind) => kind.ToUpperInvariant() switch
        {
            "CPU" => DeviceType.CPU,
            "CUDA" => DeviceType.CUDA,
            "META" => DeviceType.META,
            _ => throw new ArgumentException($"Invalid device type name {kind}", nameof(kind)),
        };

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return index < 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{index}");
        }
    }

    public static Device CPU = new(DeviceType.CPU);
    public static Device CUDA => new(DeviceType.CUDA);

    public static Device device(string description) => new(description);
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);
    public static Device device(int index) => new(index);

    /// <summary>Loads what the device needs; throws where it is not there.</summary>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType)) throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CPU or DeviceType.META => true,
        DeviceType.CUDA => Native.odm_cuda_count() > 0,
        _ => false,
    };

    public static Device InitializeDevice(Device device)
    {
        device ??= CPU;
        InitializeDeviceType(device.type);
        return device;
    }

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>CUDA devices.</summary>
    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;
        public static int device_count() => Native.odm_cuda_count();
        public static void manual_seed(long seed) => torch.manual_seed(seed);
        public static void manual_seed_all(long seed) => torch.manual_seed(seed);
        public static void synchronize(Device? device = null) => Native.Check(Native.odm_cuda_synchronize(device?.index ?? -1));

        /// <summary>Free and total bytes on the current device; null where there is none.</summary>
        internal static unsafe (long Free, long Total)? Memory()
        {
            long free, total;
            return Native.odm_cuda_memory(&free, &total) != 0 ? (free, total) : null;
        }
    }

    /// <summary>Switches of libtorch's back ends.</summary>
    public static partial class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                /// <summary>TF32 in float products on Ampere and later.</summary>
                public static bool allow_tf32
                {
                    get => (Native.odm_tf32(-1) & 1) != 0;
                    set => Native.odm_tf32(Native.odm_tf32(-1) & 2 | (value ? 1 : 0));
                }
            }
        }

        public static class cudnn
        {
            /// <summary>TF32 in cuDNN's convolutions.</summary>
            public static bool allow_tf32
            {
                get => (Native.odm_tf32(-1) & 2) != 0;
                set => Native.odm_tf32(Native.odm_tf32(-1) & 1 | (value ? 2 : 0));
            }
        }
    }
}
