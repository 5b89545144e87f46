import { getToken } from './token'

const API_URL = process.env.NEXT_PUBLIC_API_URL ?? 'http://127.0.0.1:8000'

export interface Task {
  id: number
  user_id: string
  title: string
  description: string | null
  completed: boolean
  created_at: string
  updated_at: string
}

class ApiClient {
  private async request<Body>(path: string, init: RequestInit = {}): Promise<Body> {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${getToken()}` }
    const response = await fetch(`${API_URL}${path}`, { ...init, headers })
    if (!response.ok) {
      const { detail } = (await response.json().catch(() => ({}))) as { detail?: unknown }
      throw new Error(typeof detail === 'string' ? detail : `The server answered ${response.status}`)
    }
    return response.status === 204 ? (undefined as Body) : ((await response.json()) as Body)
  }

  getCurrentUser() {
    return this.request<{ id: string; email: string | null; name: string | null }>('/auth/me')
  }
  getTasks(userId: string) {
    return this.request<Task[]>(`/api/${userId}/tasks`)
  }
  createTask(userId: string, task: { title: string; description?: string }) {
    return this.request<Task>(`/api/${userId}/tasks`, { method: 'POST', body: JSON.stringify(task) })
  }
  updateTask(userId: string, id: number, task: { title?: string; description?: string | null }) {
    return this.request<Task>(`/api/${userId}/tasks/${id}`, { method: 'PUT', body: JSON.stringify(task) })
  }
  toggleComplete(userId: string, id: number) {
    return this.request<Task>(`/api/${userId}/tasks/${id}/complete`, { method: 'PATCH' })
  }
  deleteTask(userId: string, id: number) {
    return this.request<void>(`/api/${userId}/tasks/${id}`, { method: 'DELETE' })
  }
}

export const api = new ApiClient()
