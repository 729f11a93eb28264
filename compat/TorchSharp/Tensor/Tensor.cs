using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A libtorch tensor. Belongs to the dispose scope it was created in; freed by Dispose, its scope or the finalizer.</summary>
    public partial class Tensor : IDisposable
    {
        private static long live, peak;
        private nint handle;

        /// <summary>Takes over a handle from the door.</summary>
        internal Tensor(nint handle)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref live);
            if (count > peak) peak = count;
            OwningDisposeScope = DisposeScopeManager.ThreadSingleton.RegisterOnCurrentDisposeScope(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Live tensors of the process.</summary>
        public static long TotalCount => live;

        /// <summary>The most there ever were.</summary>
        public static long PeakCount => peak;

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>The native handle; throws after Dispose.</summary>
        public nint Handle
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");
        }

        /// <summary>Whether the tensor was disposed of.</summary>
        public bool IsInvalid => handle == 0;

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var taken = Interlocked.Exchange(ref handle, 0);
            if (taken == 0) return;
            Interlocked.Decrement(ref live);
            Native.odm_release(taken);
            if (!disposing) return;
            if (OwningDisposeScope is { } scope) scope.MarkAsDisposed(this);
            else DisposeScopeManager.ThreadSingleton.StatisticsInstance.DisposedOutsideScopeCount++;
        }

        /// <summary>Disposes of the tensor on its scope's behalf.</summary>
        internal void Release()
        {
            var taken = Interlocked.Exchange(ref handle, 0);
            if (taken != 0)
            {
                Interlocked.Decrement(ref live);
                Native.odm_release(taken);
            }
            GC.SuppressFinalize(this);
        }

        /// <summary>Moves the tensor to the scope around its own.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Moves the tensor to another scope; also one that no scope owned.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            if (OwningDisposeScope is { } scope) scope.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope!);

        /// <summary>Takes the tensor out of all scopes.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Whether the values of two tensors are equal (and their shapes).</summary>
        public bool Equals(Tensor target) => Aten.equal.Test(this, target);

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        /// <summary>Shape, type and device, as "[2x3], type = Float32, device = cpu".</summary>
        public override string ToString() => IsInvalid ? "[disposed]" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}
